// The sound source against real sound servers, with a real player.
#include "adapters/activity/pulse/pulse_sound.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/system/error_code.hpp>
#include <cstdio>
#include <cstdlib>
#include <fstream>
#include <functional>
#include <future>
#include <gmock/gmock.h>
#include <optional>

#include "base/handle.hpp"
#include "integration/claim.hpp"
#include "integration/listening.hpp"
#include "player.hpp"
#include "sound_server.hpp"

namespace doze::activity {
namespace {

using core::ActivityKind;
using core::ActivitySignal;
using core::SourceState;
using core::SourceStatus;
using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using testing::Player;
using testing::SoundServer;
using ::testing::StartsWith;
using namespace std::chrono_literals;

auto begins() {
    return AllOf(Field(&ActivitySignal::kind, ActivityKind::audio), Field(&ActivitySignal::ongoing, true));
}
auto ends() {
    return AllOf(Field(&ActivitySignal::kind, ActivityKind::audio), Field(&ActivitySignal::ongoing, false));
}

class WatchedSound : public testing::Listening {
   protected:
    void watch() {
        source_.emplace(io_, clock_, options_);
        source_->start(sink());
    }

    PulseSoundOptions options_{.interval = 100ms};
    std::optional<PulseSound> source_;
};

class PulseSoundOn : public WatchedSound, public ::testing::WithParamInterface<SoundServer::Kind> {
   protected:
    PulseSoundOn() { options_.server = server_.address(); }

    void watch_until_running() {
        watch();
        until_state(SourceState::running);
    }

    /// Runs the loop while another program works.
    template <class Work>
    auto meanwhile(Work work) {
        auto result = std::async(std::launch::async, std::move(work));
        until([&] { return result.wait_for(0s) == std::future_status::ready; });
        return result.get();
    }

    /// Runs the loop until the source has opened monitors `times` more and closed them again.
    void until_looks(int times) {
        bool open = false;
        until([&] {
            const bool now = !opened().empty();
            if (open && !now) --times;
            open = now;
            return times <= 0;
        });
    }

    /// The names of the sources that are open, by whomever.
    std::vector<std::string> opened() {
        return meanwhile([this] {
            std::vector<std::string> names;
            const auto sources = server_.list("sources");
            for (const auto& output : server_.list("source-outputs")) {
                for (const auto& source : sources) {
                    if (source.at(0) == output.at(1)) names.push_back(source.at(1));
                }
            }
            return names;
        });
    }

    SoundServer server_{GetParam()};
};

INSTANTIATE_TEST_SUITE_P(Servers, PulseSoundOn,
                         ::testing::Values(SoundServer::Kind::pulseaudio, SoundServer::Kind::pipewire),
                         [](const auto& kind) {
                             return kind.param == SoundServer::Kind::pulseaudio ? "PulseAudio" : "PipeWire";
                         });

TEST_P(PulseSoundOn, ATonePlaysPausesGoesOnAndEnds) {
    watch_until_running();
    EXPECT_THAT(signals_, IsEmpty());
    std::optional<Player> player;
    player.emplace(server_.address(), 0.5);
    until_signals(1);
    player->pause();
    until_signals(2);
    player->go_on();
    until_signals(3);
    player.reset();
    until_signals(4);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends(), begins(), ends()));
    EXPECT_GE(signals_[1].at, signals_[0].at);
    EXPECT_THAT(statuses_,
                ElementsAre(SourceStatus{.name = "pulse", .kind = ActivityKind::audio, .state = SourceState::running}));
}

TEST_P(PulseSoundOn, WhatPlaysAlreadyIsHeard) {
    const Player player(server_.address(), 0.5);
    watch();
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(begins()));
}

TEST_P(PulseSoundOn, AMutedStreamIsNotHeard) {
    watch_until_running();
    Player player(server_.address(), 0.5);
    until_signals(1);
    player.mute(true);
    until_signals(2);
    player.mute(false);
    until_signals(3);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends(), begins()));
}

TEST_P(PulseSoundOn, AMutedOutputIsNotHeard) {
    watch_until_running();
    const Player player(server_.address(), 0.5);
    until_signals(1);
    server_.pactl({"set-sink-mute", "speakers", "1"});
    until_signals(2);
    server_.pactl({"set-sink-mute", "speakers", "0"});
    until_signals(3);
    server_.pactl({"set-sink-volume", "speakers", "0"});
    until_signals(4);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends(), begins(), ends()));
}

TEST_P(PulseSoundOn, SilenceAndWhatIsBelowTheThresholdAreNotHeard) {
    watch_until_running();
    Player silence(server_.address(), 0);
    until_looks(2);
    const Player quiet(server_.address(), 0.005);
    until_looks(2);
    EXPECT_THAT(signals_, IsEmpty());
    const Player loud(server_.address(), 0.05);
    until_signals(1);
    EXPECT_THAT(signals_, ElementsAre(begins()));
}

TEST_P(PulseSoundOn, AnyOfSeveralOutputsIsHeard) {
    watch_until_running();
    const Player silence(server_.address(), 0, "speakers");
    std::optional<Player> player;
    player.emplace(server_.address(), 0.5, "headphones");
    until_signals(1);
    player.reset();
    until_signals(2);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
}

TEST_P(PulseSoundOn, OnlyMonitorsAreEverOpenedAndNoneOnceNothingPlays) {
    watch_until_running();
    EXPECT_THAT(opened(), IsEmpty());
    std::optional<Player> player;
    player.emplace(server_.address(), 0.5);
    int seen = 0;
    until([&] {
        for (const std::string& source : opened()) {
            EXPECT_EQ(source, "speakers.monitor");
            ++seen;
        }
        return seen >= 3 && !signals_.empty();
    });
    player.reset();
    until_signals(2);
    until([&] { return opened().empty(); });
}

TEST_P(PulseSoundOn, AnOutputThatGoesAwayWhileItIsLookedAtIsNotReplacedByTheMicrophone) {
    watch_until_running();
    const Player player(server_.address(), 0.5, "headphones");
    until([&] { return !opened().empty(); });
    for (const auto& module : server_.list("modules")) {
        if (module.size() > 2 && module[2].find("sink_name=headphones") != std::string::npos) {
            server_.pactl({"unload-module", module.at(0)});
        }
    }
    // The player goes on at the other output.
    bool found = false;
    until([&] {
        for (const std::string& source : opened()) {
            EXPECT_NE(source, "microphone");
            found |= source == "speakers.monitor";
        }
        return found;
    });
}

TEST_P(PulseSoundOn, AServerThatDiesIsSaidAndFoundAgain) {
    watch_until_running();
    std::optional<Player> player;
    player.emplace(server_.address(), 0.5);
    until_signals(1);
    server_.kill();
    until_state(SourceState::unavailable);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends()));
    EXPECT_THAT(statuses_.back().detail, StartsWith("The sound server went away."));
    until([this] { return statuses_.back().detail.starts_with("No sound server:"); });
    player.reset();

    server_.start();
    until_state(SourceState::running);
    const Player again(server_.address(), 0.5);
    until_signals(3);
    EXPECT_THAT(signals_, ElementsAre(begins(), ends(), begins()));
}

TEST_P(PulseSoundOn, MayBeDestroyedFromWithinItsOwnSignal) {
    const Player player(server_.address(), 0.5);
    bool destroyed = false;
    source_.emplace(io_, clock_, options_);
    source_->start({.signal =
                        [&](const ActivitySignal&) {
                            source_.reset();
                            destroyed = true;
                        },
                    .status = {}});
    until([&] { return destroyed; });
    io_.restart();
    io_.run();  // Nothing is left to do.
}

TEST_P(PulseSoundOn, MayBeDestroyedFromWithinItsOwnStatusWhenTheServerDies) {
    std::optional<SourceState> last;
    source_.emplace(io_, clock_, options_);
    source_->start({.signal = {}, .status = [&](const SourceStatus& status) {
                        last = status.state;
                        if (status.state == SourceState::unavailable) source_.reset();
                    }});
    until([&] { return last == SourceState::running; });
    server_.kill();
    until([&] { return last == SourceState::unavailable; });
    io_.restart();
    io_.run();
}

/// How often this thread has gone to sleep.
long wake_ups() {
    std::ifstream status("/proc/thread-self/status");
    for (std::string word; status >> word;) {
        long count = 0;
        if (word == "voluntary_ctxt_switches:" && status >> count) return count;
    }
    return -1;
}

/// What it costs; run by hand with --gtest_also_run_disabled_tests.
TEST_P(PulseSoundOn, DISABLED_Costs) {
    options_.interval = 2s;
    watch_until_running();
    const auto run_for = [&](core::Duration span) {
        // Not io_.run_for(), which wakes once a second.
        boost::asio::steady_timer end(io_, span);
        end.async_wait([this](const boost::system::error_code&) { io_.stop(); });
        io_.restart();
        io_.run();
    };
    const auto measure = [&](const char* what) {
        run_for(5s);
        const long before = wake_ups();
        run_for(60s);
        std::printf("%s: %ld wake-ups in 60 s\n", what, wake_ups() - before - 1);
    };
    measure("nothing plays");
    const Player player(server_.address(), 0.5);
    measure("a tone plays");
    EXPECT_THAT(signals_, ElementsAre(begins()));
}

class PulseSoundWithoutAServer : public WatchedSound {};

TEST_F(PulseSoundWithoutAServer, SaysThatThereIsNoneAndWhatToDo) {
    options_.server = "unix:/nowhere/native";
    watch();
    until_state(SourceState::unavailable);
    EXPECT_THAT(statuses_, ElementsAre(Field(&SourceStatus::detail,
                                             AllOf(StartsWith("No sound server:"), HasSubstr("PULSE_SERVER")))));
}

TEST_F(PulseSoundWithoutAServer, MayBeDestroyedRightAfterItsStart) {
    options_.server = "unix:/nowhere/native";
    watch();
    source_.reset();
    io_.run();
    EXPECT_THAT(statuses_, IsEmpty());
}

TEST_F(PulseSoundWithoutAServer, AServerThatWantsAnotherCookieIsSaid) {
    // Over TCP the server can't see whose program it is, and has to trust the cookie.
    SoundServer server(SoundServer::Kind::pulseaudio);
    const std::string port = std::to_string(testing::claim_port());
    server.pactl({"load-module", "module-native-protocol-tcp", "listen=127.0.0.1", "port=" + port});
    const fakes::TempDir folder;
    const std::string cookie = folder.path() / "cookie";
    std::ofstream(cookie) << std::string(256, 'x');
    ::setenv("PULSE_COOKIE", cookie.c_str(), 1);
    options_.server = "tcp:127.0.0.1:" + port;
    watch();
    until_state(SourceState::unavailable);
    ::unsetenv("PULSE_COOKIE");
    EXPECT_THAT(statuses_.back().detail, StartsWith("The sound server refuses doze: it wants another cookie."));
    EXPECT_THAT(signals_, IsEmpty());
}

}  // namespace
}  // namespace doze::activity
