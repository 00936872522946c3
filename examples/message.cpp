// Message create and parse: the JSON messages that doze and its clients exchange, without anything else
// of doze.
#include "protocol/message.hpp"

#include <boost/json/serialize.hpp>
#include <iostream>

int main() {
    const auto text = doze::protocol::create("AWS_EC2_LIST", {{"region", "us-east-1"}});
    std::cout << "created: " << text << "\n";

    const auto message = doze::protocol::parse(text);
    if (!message) {
        std::cerr << message.error().text() << "\n";
        return 1;
    }
    std::cout << "type:    " << message->type() << "\n"
              << "id:      " << message->id() << "\n"
              << "content: " << message->content() << "\n";

    const auto broken = doze::protocol::parse(R"({"type": )");
    std::cout << "broken:  " << (broken ? "no" : broken.error().text()) << "\n";
    return message->content().at("region") == "us-east-1" && !broken ? 0 : 1;
}
