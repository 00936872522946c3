// Runs a fuzzer without a fuzzing engine: on every file of a folder, then on random changes of them.
//
//   NAME_fuzz CORPUS [--runs N] [--seed N]      NAME_fuzz FILE
//
// The same seed makes the same inputs. Where one ends the program, it is left in the file crash-NAME_fuzz in the
// working directory; the second form runs it again.
#include <algorithm>
#include <array>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <iterator>
#include <random>
#include <string>
#include <string_view>
#include <unistd.h>
#include <vector>

#ifdef __SANITIZE_ADDRESS__
#include <sanitizer/common_interface_defs.h>
#endif

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size);

namespace {

constexpr std::size_t longest_input = 4096;

std::string program;     // NOLINT: read in a signal handler, where nothing else can be reached.
std::string last_input;  // NOLINT: the same.

void keep_last_input() {
    const std::string name = "crash-" + program;
    const int fd = ::open(name.c_str(), O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
    if (fd < 0) return;
    if (::write(fd, last_input.data(), last_input.size()) >= 0)
        std::fprintf(stderr, "The input is in %s.\n", name.c_str());
    ::close(fd);
}

void on_abort(int) {
    keep_last_input();
    std::signal(SIGABRT, SIG_DFL);
    std::abort();
}

void run(std::string input) {
    last_input = std::move(input);
    // A copy of exactly its size: reading past the end is seen.
    const std::vector<std::uint8_t> bytes(last_input.begin(), last_input.end());
    LLVMFuzzerTestOneInput(bytes.data(), bytes.size());
}

/// Makes new inputs out of old ones.
class Changes {
   public:
    Changes(const std::vector<std::string>& corpus, std::uint64_t seed) : corpus_(corpus), random_(seed) {}

    std::string next() {
        std::string input = any();
        for (auto times = 1 + below(6); times > 0; --times) change(input);
        input.resize(std::min(input.size(), longest_input));
        return input;
    }

   private:
    std::size_t below(std::size_t end) { return std::uniform_int_distribution<std::size_t>(0, end - 1)(random_); }
    const std::string& any() { return corpus_[below(corpus_.size())]; }

    void change(std::string& input) {
        static constexpr std::array<std::string_view, 16> interesting{
            "{",     "}",    "[", "\"",  ":", ",", "\\", "\n", "\xFF", "\xED\xA0\x80", "-1", "99999999999999999999",
            "1e999", "null", " ", "&#0;"};
        const auto at = below(input.size() + 1);
        const auto rest = input.size() - at;
        const auto length = std::min<std::size_t>(rest, 1 + below(16));
        switch (below(7)) {
            case 0:
                if (rest > 0) input[at] = static_cast<char>(input[at] ^ (1 << below(8)));
                break;
            case 1:
                if (rest > 0) input[at] = static_cast<char>(below(256));
                break;
            case 2: input.erase(at, length); break;
            case 3: input.insert(at, interesting[below(interesting.size())]); break;
            case 4: input.insert(at, input.substr(at, length)); break;
            case 5: input.resize(at); break;
            default: {
                const auto& other = any();
                const auto from = below(other.size() + 1);
                input.insert(at, other.substr(from, 1 + below(64)));
            }
        }
    }

    const std::vector<std::string>& corpus_;
    std::mt19937_64 random_;
};

std::string read(const std::filesystem::path& path) {
    std::ifstream file(path, std::ios::binary);
    return {std::istreambuf_iterator<char>(file), {}};
}

}  // namespace

int main(int argc, char** argv) {
    const std::filesystem::path source = argc > 1 ? argv[1] : "";
    std::size_t runs = 20'000;
    std::uint64_t seed = 1;
    for (int i = 2; i + 1 < argc; i += 2) {
        const std::string_view option = argv[i];
        if (option == "--runs") runs = std::stoul(argv[i + 1]);
        if (option == "--seed") seed = std::stoull(argv[i + 1]);
    }
    program = std::filesystem::path(argv[0]).filename();
    std::signal(SIGABRT, on_abort);
#ifdef __SANITIZE_ADDRESS__
    __sanitizer_set_death_callback(keep_last_input);
#endif
    if (std::filesystem::is_regular_file(source)) {
        run(read(source));
        return 0;
    }
    std::vector<std::filesystem::path> files;
    std::error_code missing;
    for (const auto& file : std::filesystem::directory_iterator(source, missing)) files.push_back(file.path());
    if (files.empty()) {
        std::fprintf(stderr, "usage: %s CORPUS [--runs N] [--seed N], where CORPUS is a folder with files\n",
                     program.c_str());
        return 2;
    }
    std::sort(files.begin(), files.end());  // The same seed means the same inputs everywhere.
    std::vector<std::string> corpus;
    for (const auto& file : files) corpus.push_back(read(file));
    for (const auto& input : corpus) run(input);
    Changes changes(corpus, seed);
    for (std::size_t i = 0; i < runs; ++i) run(changes.next());
    std::printf("%zu inputs\n", corpus.size() + runs);
    return 0;
}
