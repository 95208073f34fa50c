// What libFuzzer calls with whatever leads it further: any bytes are a text to both readings, or a MIDI file to its reader.
// A crash, a hang, memory without bound, or an exception that the headers do not promise is a finding; so is a broken promise.
#include <algorithm>
#include <etude/music/abc.hpp>
#include <etude/music/judge.hpp>

#include "promises.hpp"

namespace {

using namespace etude::music;

void read_as_midi(std::string_view bytes) {
  try {
    const auto notes = read_midi_notes(bytes);
    require(std::is_sorted(notes.begin(), notes.end()), "notes are sorted");
  } catch (const etude::Error&) {
  }
}

void read_as_abc(std::string_view text, Reading reading) {
  const Verdict verdict = judge_abc(text, reading);
  require(verdict.parses() == verdict.parse_error.empty(), "a text parses or has a parse error");
  require(!verdict.exports() || verdict.parses(), "what exports parses");
  require(!verdict.parses() || verdict.exports() == verdict.midi_error.empty(), "a score exports or has an export error");
  if (verdict.exports()) require_readable(*verdict.midi);
  if (verdict.parses()) look_over(*verdict.score);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const unsigned char* data, std::size_t size) {
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  if (bytes.starts_with("MThd")) {
    read_as_midi(bytes);
  } else {
    read_as_abc(bytes, Reading::music21);
    read_as_abc(bytes, Reading::strict);
  }
  return 0;
}
