// The quirks of the music21 reading: each shows in its example, and the page for readers lists them all, and so does the code.
#include <base/files.hpp>
#include <cstdlib>
#include <etude/music/abc.hpp>
#include <etude/music/quirks.hpp>
#include <filesystem>
#include <sstream>

#include "catch.hpp"

using etude::read_file;
using namespace etude::music;

namespace {

void show(std::ostream& out, const Pitch& pitch) { out << pitch.step << pitch.octave << '+' << pitch.alteration << ' '; }

void show(std::ostream& out, const Element& element) {
  out << element.item.index() << '@' << element.offset.text() << '/' << length_of(element).text() << ' ';
  if (const auto* note = std::get_if<Note>(&element.item)) show(out, note->pitch);
  if (const auto* chord = std::get_if<Chord>(&element.item))
    for (const auto& pitch : chord->pitches) show(out, pitch);
  if (const auto* meter = std::get_if<MeterPointer>(&element.item)) out << (*meter)->beats << '/' << (*meter)->unit << ' ';
}

/// What a reading makes of a text, as text; "rejected" where it is no score.
std::string outline(std::string_view text, Reading reading, bool numbers) {
  std::ostringstream out;
  try {
    for (const auto& tune : read_abc(text, reading).tunes) {
      out << "tune " << tune.field('X') << '\n';
      for (const auto& part : tune.parts) {
        out << " part\n";
        for (const auto& measure : part.measures) {
          out << "  measure " << (numbers ? measure.number : 0) << '@' << measure.offset.text() << ": ";
          if (measure.meter) out << measure.meter->beats << '/' << measure.meter->unit << ' ';
          for (const auto& element : measure.elements) show(out, element);
          out << static_cast<int>(measure.left) << static_cast<int>(measure.right) << '\n';
        }
        for (const auto& element : part.loose) show(out, element);
      }
    }
  } catch (const AbcError&) {
    return "rejected";
  }
  return out.str();
}

std::filesystem::path source() { return std::getenv("ETUDE_SOURCE"); }

std::string with_bars_escaped(std::string_view text) {
  std::string escaped;
  for (const char c : text) escaped += c == '|' ? std::string("\\|") : std::string(1, c);
  return escaped;
}

}  // namespace

TEST_CASE("Each quirk's example is read otherwise than the standard says") {
  for (const auto& entry : quirks()) {
    INFO(entry.name);
    const bool numbers = entry.quirk == Quirk::number_of_the_first_measure;
    const std::string quirky = outline(entry.example, Reading::music21, numbers);
    // Two meet texts that the standard rejects as well, if for another reason.
    if (entry.quirk == Quirk::uncountable_meter || entry.quirk == Quirk::pipes_in_wrong_case)
      CHECK(quirky == "rejected");
    else
      CHECK(quirky != outline(entry.example, Reading::strict, numbers));
  }
}

TEST_CASE("The quirks stand in the order of their enumeration") {
  std::size_t number = 0;
  for (const auto& entry : quirks()) CHECK(static_cast<std::size_t>(entry.quirk) == number++);
  CHECK(number == static_cast<std::size_t>(Quirk::moved_barline) + 1);
}

TEST_CASE("The page for readers lists every quirk as the table has it") {
  const std::string text = read_file(source() / "sdk/src/music/README.md");
  const auto table = text.substr(text.find("## Quirks"), text.find("## What export does") - text.find("## Quirks"));
  std::size_t rows = 0;
  for (auto at = table.find("\n| `"); at != std::string::npos; at = table.find("\n| `", at + 1)) ++rows;
  for (const auto& entry : quirks()) {
    INFO(entry.name);
    const std::string row = "| `" + std::string(entry.name) + "` | " + with_bars_escaped(entry.music21) + " | " +
                            with_bars_escaped(entry.standard) + " |";
    CHECK(table.find(row) != std::string::npos);
  }
  CHECK(rows == quirks().size());
}

TEST_CASE("Each quirk is named where the code follows it") {
  std::string code;
  for (const auto& entry : std::filesystem::directory_iterator(source() / "sdk/src/music/music21"))
    code += read_file(entry.path());
  for (const auto& entry : quirks()) {
    INFO(entry.name);
    CHECK(code.find("Quirk::" + std::string(entry.name)) != std::string::npos);
  }
}
