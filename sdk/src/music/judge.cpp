#include <etude/music/judge.hpp>
#include <etude/music/midi.hpp>

namespace etude::music {

Verdict judge_abc(std::string_view text, Reading reading) {
  Verdict verdict;
  try {
    verdict.score = read_abc(text, reading);
    verdict.midi = write_midi(*verdict.score);
  } catch (const AbcError& error) {
    verdict.parse_error = error.message();
  } catch (const MidiExportError& error) {
    verdict.midi_error = error.message();
  }
  return verdict;
}

}  // namespace etude::music
