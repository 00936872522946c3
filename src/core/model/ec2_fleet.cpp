#include "core/model/ec2_fleet.hpp"

#include <algorithm>
#include <cstring>
#include <functional>
#include <unordered_map>
#include <utility>

namespace doze::core {

std::vector<Detail> details_of(const Ec2Instance& instance) {
    const auto text_if = [](const std::optional<std::string>& text) {
        return text ? decltype(Detail::value)(*text) : decltype(Detail::value)();
    };
    return {{"name", instance.name},
            {"type", instance.type},
            {"public_ip", text_if(instance.public_ip)},
            {"private_ip", text_if(instance.private_ip)}};
}

Ec2Fleet::Ec2Fleet(std::span<const Ec2Instance> instances) {
    const auto id_of = [](const Ec2Instance* instance) -> const std::string& { return instance->seen.id.name; };
    std::vector<const Ec2Instance*> ordered;
    for (const auto& instance : instances) ordered.push_back(&instance);
    std::ranges::sort(ordered, {}, id_of);

    // Types, states, zones, reasons and guards repeat: one text serves all.
    std::unordered_map<std::string_view, Place> known;
    const auto shared = [&](std::string_view one) {
        const auto [found, is_new] = known.try_emplace(one);
        if (is_new) found->second = add(one);
        return found->second;
    };
    instances_.reserve(instances.size());
    for (const auto* instance : ordered) {
        const auto& seen = instance->seen;
        auto& packed = instances_.emplace_back();
        packed.id = add(seen.id.name);
        packed.name = add(instance->name);
        packed.type = shared(instance->type);
        packed.public_ip = add(instance->public_ip.value_or(""));
        packed.private_ip = add(instance->private_ip.value_or(""));
        packed.state = shared(seen.state);
        packed.guard = shared(seen.guard ? seen.guard->why : std::string_view());
        packed.reason = shared(seen.reason ? *seen.reason : std::string_view());
        packed.pool = shared(seen.pool);
        packed.advice = shared(seen.advice);
        set(packed, seen);
    }
    texts_.shrink_to_fit();
    compact_size_ = texts_.size();
}

void Ec2Fleet::set(Packed& packed, const Observation& seen) {
    replace(packed.state, seen.state);
    replace(packed.guard, seen.guard ? seen.guard->why : std::string_view());
    replace(packed.reason, seen.reason ? *seen.reason : std::string_view());
    replace(packed.pool, seen.pool);
    replace(packed.advice, seen.advice);
    for (const auto& detail : seen.details) {
        const auto* text = std::get_if<std::string>(&detail.value);
        const std::string_view value = text == nullptr ? std::string_view() : *text;
        if (detail.name == "name") replace(packed.name, value);
        if (detail.name == "type") replace(packed.type, value);
        if (detail.name == "public_ip") replace(packed.public_ip, value);
        if (detail.name == "private_ip") replace(packed.private_ip, value);
    }
    packed.desired = seen.size.desired;
    packed.phase = seen.phase;
    packed.settled = seen.settled;
    packed.guard_by_tag = seen.guard && seen.guard->by_tag;
    packed.can_hibernate = seen.can_hibernate;
    packed.changed_at = seen.changed_at;
}

Ec2Fleet::View Ec2Fleet::view(std::size_t index) const {
    const auto& packed = instances_[index];
    return {.name = text(packed.name),
            .type = text(packed.type),
            .state = text(packed.state),
            .public_ip = text_if(packed.public_ip),
            .private_ip = text_if(packed.private_ip),
            .guard = text_if(packed.guard)};
}

std::optional<Observation> Ec2Fleet::find(const ResourceId& id) const {
    const auto index = index_of(id.name);
    if (!index) return std::nullopt;
    const auto& packed = instances_[*index];
    Observation seen{.id = id,
                     .phase = packed.phase,
                     .settled = packed.settled,
                     .size = {.desired = packed.desired},
                     .state = std::string(text(packed.state)),
                     .advice = std::string(text(packed.advice)),
                     .changed_at = packed.changed_at,
                     .pool = std::string(text(packed.pool)),
                     .can_hibernate = packed.can_hibernate};
    if (const auto why = text_if(packed.guard)) seen.guard = Guard{std::string(*why), packed.guard_by_tag};
    if (const auto reason = text_if(packed.reason)) seen.reason = std::string(*reason);
    return seen;
}

void Ec2Fleet::put(const Observation& seen) {
    const auto index = index_of(seen.id.name);
    if (!index) return;
    set(instances_[*index], seen);
    if (texts_.size() > 2 * compact_size_ + 65536) compact();
}

/// Texts that were replaced are superfluous, for months where nobody asks for a list.
void Ec2Fleet::compact() {
    const std::string all = std::exchange(texts_, {});
    std::unordered_map<Place, Place> moved{{0, 0}};
    for (auto& packed : instances_) {
        for (Place* place : {&packed.id, &packed.name, &packed.type, &packed.state, &packed.public_ip,
                             &packed.private_ip, &packed.guard, &packed.reason, &packed.pool, &packed.advice}) {
            const auto [found, is_new] = moved.try_emplace(*place, 0);
            if (is_new) {
                Place length = 0;
                std::memcpy(&length, all.data() + *place, sizeof length);
                found->second = add(std::string_view(all).substr(*place + sizeof length, length));
            }
            *place = found->second;
        }
    }
    texts_.shrink_to_fit();
    compact_size_ = texts_.size();
}

std::optional<std::size_t> Ec2Fleet::index_of(std::string_view id) const {
    const auto found = std::ranges::lower_bound(instances_, id, {}, [this](const Packed& one) { return text(one.id); });
    if (found == instances_.end() || text(found->id) != id) return std::nullopt;
    return static_cast<std::size_t>(found - instances_.begin());
}

Ec2Fleet::Place Ec2Fleet::add(std::string_view text) {
    if (text.empty()) return 0;
    if (texts_.empty()) texts_.push_back('\0');  // So that no text is at 0.
    const auto place = static_cast<Place>(texts_.size());
    const auto length = static_cast<Place>(text.size());
    texts_.append(reinterpret_cast<const char*>(&length), sizeof length);
    texts_.append(text);
    return place;
}

void Ec2Fleet::replace(Place& old, std::string_view text) {
    if (this->text(old) != text) old = add(text);
}

std::string_view Ec2Fleet::text(Place place) const {
    if (place == 0) return {};
    Place length = 0;
    std::memcpy(&length, texts_.data() + place, sizeof length);
    return std::string_view(texts_).substr(place + sizeof length, length);
}

std::optional<std::string_view> Ec2Fleet::text_if(Place place) const {
    return place == 0 ? std::nullopt : std::optional(text(place));
}

}  // namespace doze::core
