#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/post.hpp>
#include <boost/json.hpp>
#include <filesystem>
#include <functional>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include "server/stream/unix_server.hpp"

namespace doze::cli {

/// A daemon on a Unix socket, in a thread of its own, that answers as the test says.
class FakeDaemon {
   public:
    /// The content of an answer; {"error": ...} makes a refusal; null makes no answer.
    using Script = std::function<boost::json::value(const std::string& type, const boost::json::object& content)>;

    FakeDaemon(const std::filesystem::path& socket, Script script) : script_(std::move(script)) {
        const auto handle = [this](std::string_view message, std::size_t, const protocol::Dispatcher::SendReply& reply,
                                   const std::weak_ptr<commands::EventSink>& client) {
            answer(message, reply);
            if (const auto listener = client.lock())
                for (const auto& event : events) listener->hear(event);
        };
        server_ = server::UnixServer::open(loop_, socket, handle).value();
        thread_ = std::thread([this] { loop_.run(); });
    }

    ~FakeDaemon() {
        boost::asio::post(loop_, [this] { server_.reset(); });
        work_.reset();
        thread_.join();
    }

    FakeDaemon(const FakeDaemon&) = delete;
    FakeDaemon& operator=(const FakeDaemon&) = delete;

    /// What follows each answer. Set before anything is asked.
    std::vector<std::string> events;

    /// What was asked so far, such as "SYSTEM_STATUS {}".
    std::vector<std::string> asked() {
        std::promise<std::vector<std::string>> copy;
        boost::asio::post(loop_, [&] { copy.set_value(asked_); });
        return copy.get_future().get();
    }

   private:
    void answer(std::string_view message, const protocol::Dispatcher::SendReply& reply) {
        auto request = boost::json::parse(message).as_object();
        const std::string type(request["type"].as_string());
        asked_.push_back(type + " " + boost::json::serialize(request["content"]));
        auto content = script_(type, request["content"].as_object());
        if (content.is_null()) return;
        const bool refused = content.as_object().contains("error");
        reply(boost::json::serialize(boost::json::object{
            {"id", request["id"]}, {"type", refused ? "ERROR" : type}, {"content", std::move(content)}}));
    }

    boost::asio::io_context loop_{1};
    boost::asio::executor_work_guard<boost::asio::io_context::executor_type> work_ = make_work_guard(loop_);
    Script script_;
    std::vector<std::string> asked_;
    std::unique_ptr<server::UnixServer> server_;
    std::thread thread_;
};

}  // namespace doze::cli
