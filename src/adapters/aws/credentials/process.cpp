#include "adapters/aws/credentials/process.hpp"

#include <array>
#include <boost/asio/buffer.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <cerrno>
#include <chrono>
#include <csignal>
#include <fcntl.h>
#include <fmt/format.h>
#include <memory>
#include <optional>
#include <spawn.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <system_error>
#include <unistd.h>
#include <utility>

#include "adapters/aws/credentials/provider.hpp"
#include "adapters/aws/profiles/profiles.hpp"
#include "base/handle.hpp"

namespace doze::aws {

namespace asio = boost::asio;

namespace {

// Some programs open a browser, or wait for a touch of a security key.
constexpr core::Duration time_for_program = std::chrono::minutes(1);

Error trouble(const Profile& profile, std::string_view what) {
    return no_credentials(
        fmt::format("The credential_process of profile {} {}.", profile.name, what),
        fmt::format("Run its command from {} in a terminal to see what it says.", profile.config_file));
}

asio::awaitable<ProviderResult> ask_program(const Profile& profile, std::string command, core::WallTime now) {
    auto words = split_words(command);
    if (!words || words->empty()) co_return trouble(profile, "is no command line: a quote is not closed");
    if (command.find('\0') != std::string::npos) co_return trouble(profile, "is no command line: it holds a NUL byte");
    const bool below_home = words->front().starts_with("~/");
    const auto printed = co_await run_program(std::move(*words), time_for_program);
    if (!printed) {
        Error error = trouble(profile, printed.error().message);
        if (below_home) {
            error.next_step =
                "Write the whole path: as with the AWS CLI, no shell is there to replace ~. " + error.next_step;
        }
        co_return error;
    }
    const auto document = parse_secret_json(printed->view());
    if (!document) co_return trouble(profile, "printed no JSON");
    if (number_at(*document, "Version") != 1) {
        co_return trouble(profile, "printed no \"Version\": 1, the only one that there is");
    }
    auto keys = read_keys(*document, "SessionToken", fmt::format("The credential_process of profile {}", profile.name));
    if (!keys) co_return keys.error();
    if (keys->expires && *keys->expires <= now) co_return trouble(profile, "printed keys that have expired");
    keys->origin = fmt::format("credential_process of profile {}", profile.name);
    keys->provider = "process";
    co_return std::move(*keys);
}

}  // namespace

asio::awaitable<ProviderResult> from_process(const Profile& profile, Pace& pace, core::WallTime now) {
    const auto command = profile.get("credential_process");
    if (command.empty()) co_return NotConfigured{fmt::format("profile {} has no credential_process", profile.name)};
    const auto ask = [&] { return ask_program(profile, std::string(command), now); };
    co_return co_await pace.ask("process " + profile.name, hash_of(command), now, ask);
}

namespace {

// Credentials take about two kilobytes.
constexpr std::size_t longest_output = std::size_t{64} << 10;

Error failed(std::string what) {
    return {.code = ErrorCode::no_credentials, .message = std::move(what)};
}

/// A running program and the process group that it leads. Destruction kills the rest of the group.
class Child {
   public:
    explicit Child(pid_t process) : process_(process) {}
    Child(Child&& other) noexcept : process_(std::exchange(other.process_, -1)) {}
    Child& operator=(Child&&) = delete;
    ~Child() {
        if (process_ < 0) return;
        ::kill(-process_, SIGKILL);
        int ignored = 0;
        ::waitpid(process_, &ignored, 0);
    }

    /// Becomes readable when the program ends.
    [[nodiscard]] UniqueFd end() const {
        // glibc 2.36 declares pidfd_open() for C only.
        return UniqueFd(static_cast<int>(::syscall(SYS_pidfd_open, process_, 0)));
    }

    /// The exit status; empty while it runs.
    [[nodiscard]] std::optional<int> take_status() {
        int status = 0;
        if (::waitpid(process_, &status, WNOHANG) != process_) return std::nullopt;
        process_ = -1;
        return status;
    }

   private:
    pid_t process_;
};

Result<Child> spawn(std::vector<std::string>& words, int output) {
    posix_spawn_file_actions_t files;
    posix_spawnattr_t attributes;
    ::posix_spawn_file_actions_init(&files);
    ::posix_spawn_file_actions_addopen(&files, STDIN_FILENO, "/dev/null", O_RDONLY, 0);
    ::posix_spawn_file_actions_adddup2(&files, output, STDOUT_FILENO);
    ::posix_spawn_file_actions_addopen(&files, STDERR_FILENO, "/dev/null", O_WRONLY, 0);
    ::posix_spawnattr_init(&attributes);
    sigset_t all;
    sigset_t none;
    ::sigfillset(&all);
    ::sigemptyset(&none);
    ::posix_spawnattr_setsigdefault(&attributes, &all);
    ::posix_spawnattr_setsigmask(&attributes, &none);
    ::posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETSIGMASK);
    std::vector<char*> arguments;
    arguments.reserve(words.size() + 1);
    for (auto& word : words) arguments.push_back(word.data());
    arguments.push_back(nullptr);
    pid_t process = -1;
    const int error = ::posix_spawnp(&process, arguments.front(), &files, &attributes, arguments.data(), environ);
    ::posix_spawnattr_destroy(&attributes);
    ::posix_spawn_file_actions_destroy(&files);
    if (error != 0) return failed(fmt::format("can't be started: {}", std::generic_category().message(error)));
    return Child(process);
}

/// Waits for output, end and deadline. Outlives the coroutine while the deadline's handler is pending.
struct Watch {
    asio::posix::stream_descriptor output;
    asio::posix::stream_descriptor end;
    asio::steady_timer deadline;
    bool late = false;
};

}  // namespace

asio::awaitable<Result<Secret>> run_program(std::vector<std::string> words, core::Duration limit) {
    const auto executor = co_await asio::this_coro::executor;
    std::array<int, 2> ends{};
    if (::pipe2(ends.data(), O_CLOEXEC) != 0) co_return failed("can't be started: too many open files");
    UniqueFd output(ends[0]);
    UniqueFd input(ends[1]);
    auto child = spawn(words, input.get());
    if (!child) co_return child.error();
    input.reset();
    UniqueFd end = child->end();
    if (!end) co_return failed("can't be waited for");

    const std::shared_ptr<Watch> watch(new Watch{.output = asio::posix::stream_descriptor(executor, output.release()),
                                                 .end = asio::posix::stream_descriptor(executor, end.release()),
                                                 .deadline = asio::steady_timer(executor, limit)});
    watch->deadline.async_wait([watch](boost::system::error_code cancelled) {
        if (cancelled) return;
        watch->late = true;
        watch->output.close();
        watch->end.close();
    });
    std::string text(longest_output, '\0');
    std::size_t length = 0;
    boost::system::error_code stop;
    while (!stop && length < text.size()) {
        length += co_await watch->output.async_read_some(asio::buffer(text.data() + length, text.size() - length),
                                                         asio::redirect_error(asio::use_awaitable, stop));
    }
    Secret printed(std::string_view(text).substr(0, length));
    wipe(text);
    if (!watch->late && length < longest_output) {
        co_await watch->end.async_wait(asio::posix::stream_descriptor::wait_read,
                                       asio::redirect_error(asio::use_awaitable, stop));
    }
    watch->deadline.cancel();
    if (watch->late) {
        co_return failed(fmt::format("did not end within {}, and was killed", core::to_string(limit)));
    }
    if (length == longest_output) co_return failed("prints too much to be a pair of keys");
    const auto status = child->take_status();
    if (!status) co_return failed("can't be waited for");
    if (WIFSIGNALED(*status)) co_return failed(fmt::format("was killed by signal {}", WTERMSIG(*status)));
    if (WEXITSTATUS(*status) == 127) co_return failed("ended with exit code 127: there is no such program");
    if (WEXITSTATUS(*status) != 0) co_return failed(fmt::format("ended with exit code {}", WEXITSTATUS(*status)));
    co_return printed;
}

}  // namespace doze::aws
