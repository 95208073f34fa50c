// For lines {"text": ...} on standard input, line by line the SHA-256 of the MIDI file that music21's reading gives; "none"
// without one.
#include <base/files.hpp>
#include <etude/music/judge.hpp>
#include <iostream>
#include <nlohmann/json.hpp>

int main() {
  for (std::string line; std::getline(std::cin, line);) {
    const auto text = nlohmann::json::parse(line)["text"].get<std::string>();
    const auto verdict = etude::music::judge_abc(text, etude::music::Reading::music21);
    std::cout << (verdict.exports() ? etude::sha256(*verdict.midi) : "none") << '\n';
  }
}
