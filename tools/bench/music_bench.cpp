// What judging and exporting ABC texts costs, on one thread: lines {"id", "text"} on standard input; for each a line of its id,
// bytes, verdict and seconds (the best of the rounds), then one of all together. tools/bench/music calls it.
//
// usage: music_bench [ROUNDS] [FOLDER]    FOLDER: each MIDI file is written there, over the one before
#include <sys/resource.h>

#include <chrono>
#include <ctime>
#include <etude/music/judge.hpp>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <nlohmann/json.hpp>
#include <vector>

namespace {

using Clock = std::chrono::steady_clock;
using nlohmann::json;

struct Text {
  json id;
  std::string text;
  bool parses = false, exports = false;
  double seconds = 0;
};

double seconds_since(Clock::time_point begin) { return std::chrono::duration<double>(Clock::now() - begin).count(); }

void judge(Text& text, const std::filesystem::path& folder, bool first) {
  const auto begin = Clock::now();
  const auto verdict = etude::music::judge_abc(text.text, etude::music::Reading::music21);
  if (verdict.exports() && !folder.empty()) std::ofstream(folder / "score.mid", std::ios::binary) << *verdict.midi;
  const double seconds = seconds_since(begin);
  text.seconds = first ? seconds : std::min(text.seconds, seconds);
  text.parses = verdict.parses();
  text.exports = verdict.exports();
}

}  // namespace

int main(int argc, char** argv) {
  const int rounds = argc > 1 ? std::stoi(argv[1]) : 1;
  const std::filesystem::path folder = argc > 2 ? argv[2] : "";
  std::vector<Text> texts;
  for (std::string line; std::getline(std::cin, line);) {
    json asked = json::parse(line);
    texts.push_back({asked["id"], asked["text"].get<std::string>()});
  }
  const auto begin = Clock::now();
  const std::clock_t processor = std::clock();
  for (int round = 0; round < rounds; ++round)
    for (Text& text : texts) judge(text, folder, round == 0);
  const double seconds = seconds_since(begin) / rounds;
  const double busy = static_cast<double>(std::clock() - processor) / CLOCKS_PER_SEC / rounds;
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  for (const Text& text : texts)
    std::cout << json{{"id", text.id},
                      {"bytes", text.text.size()},
                      {"parse", text.parses},
                      {"midi", text.exports},
                      {"seconds", text.seconds}}
              << '\n';
  std::cout << json{{"texts", texts.size()}, {"seconds", seconds}, {"processor", busy}, {"peak_mb", usage.ru_maxrss / 1024}}
            << '\n';
}
