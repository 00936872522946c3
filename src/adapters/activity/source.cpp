#include "adapters/activity/source.hpp"

#include <boost/asio/post.hpp>

namespace doze::activity {

using core::SourceState;

void StatusReporter::start(ports::ActivitySink sink) {
    sink_ = std::move(sink);
    boost::asio::post(io_, guarded([this] { begin(); }));
}

void StatusReporter::stop() {
    stopped_ = true;
    let_go();
}

void StatusReporter::tell(const core::SourceStatus& status) {
    if (stopped_) return;
    const auto known = told_.find(status.name);
    if (known != told_.end() && known->second == status) return;
    told_.insert_or_assign(status.name, status);
    if (sink_.status) sink_.status(status);
}

void StatusReporter::tell(const core::ActivitySignal& signal) const {
    if (!stopped_ && sink_.signal) sink_.signal(signal);
}

void StatusReporter::tell(core::SessionEvent event, const std::string& source) const {
    if (!stopped_ && sink_.session) sink_.session(event, source);
}

void StatusReporter::tell_inhibited(const std::string& source, bool inhibited) const {
    if (!stopped_ && sink_.inhibited) sink_.inhibited(source, inhibited);
}

SingleSource::SingleSource(boost::asio::io_context& io, core::SourceStatus introduction)
    : StatusReporter(io), introduction_(std::move(introduction)) {}

core::SourceStatus SingleSource::status(SourceState state, std::string detail) const {
    auto status = introduction_;
    status.state = state;
    status.detail = std::move(detail);
    return status;
}

void SingleSource::tell_running(std::string detail) {
    tell(status(SourceState::running, std::move(detail)));
}

void SingleSource::tell_partial(std::string detail) {
    auto partial = status(SourceState::running, std::move(detail));
    partial.partial = true;
    tell(partial);
}

void SingleSource::tell_unavailable(std::string why) {
    tell(status(SourceState::unavailable, std::move(why)));
}

void SingleSource::tell_hiding(std::string why) {
    auto hiding = status(SourceState::unavailable, std::move(why));
    hiding.partial = true;
    hiding.hides = true;
    tell(hiding);
}

void SingleSource::tell_standby() {
    tell(status(SourceState::standby));
}

void SingleSource::tell_disabled() {
    tell(status(SourceState::disabled));
}

}  // namespace doze::activity
