#pragma once

#include <boost/asio/any_io_executor.hpp>
#include <boost/asio/steady_timer.hpp>
#include <curl/curl.h>
#include <map>
#include <memory>
#include <set>

#include "base/handle.hpp"
#include "base/result.hpp"

namespace doze::http {

class SocketWatch;
class Transfer;

/// One curl multi handle driven by the event loop: curl says which sockets and what deadline it waits
/// for, the loop says when they are ready. Use on the loop's thread only.
class CurlLoop : public std::enable_shared_from_this<CurlLoop> {
   public:
    [[nodiscard]] static Result<std::shared_ptr<CurlLoop>> open(boost::asio::any_io_executor executor);
    ~CurlLoop();
    CurlLoop(const CurlLoop&) = delete;
    CurlLoop& operator=(const CurlLoop&) = delete;

    /// Begins; the transfer finishes later, or at once where curl refuses it.
    void start(const std::shared_ptr<Transfer>& transfer);

    /// Forgets a transfer that is under way. No effect on others.
    void stop(const std::shared_ptr<Transfer>& transfer);

    /// Ends all transfers with an error, and takes no more.
    void close();

    [[nodiscard]] const boost::asio::any_io_executor& executor() const { return executor_; }

   private:
    CurlLoop(boost::asio::any_io_executor executor, Handle<CURLM, curl_multi_cleanup> multi);

    static int on_socket(CURL* easy, curl_socket_t socket, int what, void* self, void* watch);
    static int on_timeout(CURLM* multi, long milliseconds, void* self);

    void watch(curl_socket_t socket, int what);
    void rearm(const std::shared_ptr<SocketWatch>& watch);
    void set_timer(long milliseconds);
    void advance(curl_socket_t socket, int ready);
    void collect_finished();

    boost::asio::any_io_executor executor_;
    boost::asio::steady_timer timer_;
    std::map<curl_socket_t, std::shared_ptr<SocketWatch>> watches_;
    std::set<std::shared_ptr<Transfer>> running_;
    bool closed_ = false;
    Handle<CURLM, curl_multi_cleanup> multi_;
};

/// A transfer for as long as somebody waits for it: starts it, and stops it when the waiting is given up.
class RunningTransfer {
   public:
    RunningTransfer(const std::shared_ptr<CurlLoop>& loop, std::shared_ptr<Transfer> transfer);
    ~RunningTransfer();
    RunningTransfer(const RunningTransfer&) = delete;
    RunningTransfer& operator=(const RunningTransfer&) = delete;

   private:
    std::weak_ptr<CurlLoop> loop_;
    std::shared_ptr<Transfer> transfer_;
};

}  // namespace doze::http
