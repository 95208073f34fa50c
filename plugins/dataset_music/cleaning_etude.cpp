#include <algorithm>
#include <vector>

#include "cleaning.hpp"
#include "cleaning_music.hpp"
#include "cleaning_rests.hpp"
#include "cleaning_text.hpp"

namespace dataset_music {
namespace {

bool is_control(char32_t c) { return c < 0x20 || (c >= 0x7F && c < 0xA0); }

/// `text` without control characters, but for what ends lines; tabs become spaces. A copy in `buffer` only where there are any.
std::string_view without_controls(std::string_view text, std::string& buffer) {
  unsigned char suspect = 0;
  for (const char character : text) {  // to the end and without a branch, so that many are looked at together
    const auto c = static_cast<unsigned char>(character);
    const auto control = static_cast<unsigned char>((c < 0x20) & (c != '\n') & (c != '\r'));
    suspect |= static_cast<unsigned char>(control | (c == 0x7F) | (c == 0xC2));
  }
  if (!suspect) return text;
  etude::for_each_code_point(text, [&](const etude::CodePoint& point, std::size_t position) {
    if (point.value == '\t') {
      buffer += ' ';
    } else if (point.value == '\n' || point.value == '\r' || !is_control(point.value)) {
      buffer += text.substr(position, static_cast<std::size_t>(point.bytes));
    }
  });
  return buffer;
}

bool ends_with_any(std::string_view text, std::initializer_list<std::string_view> ends) {
  const auto same = [](char a, char b) { return (a | 0x20) == b; };
  return std::any_of(ends.begin(), ends.end(), [&](std::string_view end) {
    return text.size() >= end.size() &&
           std::equal(end.rbegin(), end.rend(), text.rbegin(), [&](char b, char a) { return same(a, b); });
  });
}

/// "from /path/of/song.mid": what midi2abc puts where a title belongs.
bool is_path_of_midi2abc(std::string_view title) {
  return title.starts_with("from ") && ends_with_any(title, {".mid", ".midi", ".kar", ".rmi"});
}

bool is_midi_command(std::string_view text) { return text.starts_with("MIDI ") || text == "MIDI"; }

bool keeps_field(char letter, std::string_view value) {
  if (letter == 'T') return !is_path_of_midi2abc(value);
  if (letter == 'I') return is_midi_command(value);
  constexpr std::string_view music = "XMLQKVPRUms";
  return music.find(letter) != std::string_view::npos;
}

/// Lines that stay, as what they are; and whether the document may.
class Reader {
 public:
  std::vector<AbcLine> lines;
  bool notes = false;
  const char* fault = nullptr;

  void add(std::string_view line) {
    if (line == "..." || of_directive(line)) return;
    const bool directive = line.starts_with("%%");
    if (directive && !is_midi_command(line.substr(2))) return;
    if (!directive) line = without_comment(line);
    if (line.ends_with('\\')) line = etude::stripped(line.substr(0, line.size() - 1));
    if (line.empty()) return;
    const char letter = field_letter(line);
    if (directive) {
      lines.push_back({AbcLine::Kind::directive, line, {}});
    } else if (letter == 0) {
      add_music(line);
    } else {
      add_field(letter, line);
    }
  }

 private:
  /// Whether a line only continues a directive: it stands behind a backslash, or between %%begintext and %%endtext.
  bool of_directive(std::string_view line) {
    if (line.starts_with("X:")) enclosed_ = continued_ = false;
    if (line.starts_with("%%begin")) enclosed_ = true;
    if (line.starts_with("%%end")) enclosed_ = false;
    const bool continues = enclosed_ || continued_;
    continued_ = (continued_ || line.starts_with("%%")) && line.ends_with('\\');
    return continues;
  }

  void add_field(char letter, std::string_view line) {
    if (letter != '+') field_kept_ = keeps_field(letter, field_value(line));  // a continuation goes where its field went
    if (!field_kept_) return;
    if (letter == 'Q' && absurd_tempo(field_value(line))) fault = "absurd tempo";
    lines.push_back({AbcLine::Kind::field, line, {}});
  }

  void add_music(std::string_view line) {
    const MusicLine music = look_at_music(line);
    notes |= music.notes;
    if (music.absurd_tempo) fault = "absurd tempo";
    if (music.negative_length) fault = "negative length";
    AbcLine added{AbcLine::Kind::music, line, {}};
    if (const auto end = line.find(']'); line.starts_with("[V:") && end != std::string_view::npos) {
      added.voice = line.substr(0, end + 1);
      added.text = etude::stripped(line.substr(end + 1));
    }
    lines.push_back(added);
  }

  bool field_kept_ = false;
  bool enclosed_ = false, continued_ = false;  ///< by a directive
};

void trim_tunes(std::vector<AbcLine>& lines) {
  const auto begins_tune = [](const AbcLine& line) { return line.kind == AbcLine::Kind::field && line.text.starts_with("X:"); };
  for (auto begin = lines.begin(); begin != lines.end();) {
    const auto end = std::find_if(begin + 1, lines.end(), begins_tune);
    trim_leading_rests({begin, end});
    begin = end;
  }
}

}  // namespace

Cleaned clean_etude(std::string_view raw) {
  std::string repaired, plain;
  std::string_view text = as_utf8(raw, Undecodable::latin1, repaired);
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  text = without_controls(text, plain);

  Reader reader;
  for_each_stripped_line(text, LineEnds::newlines, [&](std::string_view line) { reader.add(line); });
  if (reader.fault) return {.dropped = reader.fault};
  if (!reader.notes) return {.dropped = "no notes"};
  trim_tunes(reader.lines);

  Cleaned cleaned;
  cleaned.text.reserve(text.size());
  for (const auto& line : reader.lines) {
    if (line.text.empty() && line.voice.empty()) continue;
    if (!cleaned.text.empty()) cleaned.text += '\n';
    cleaned.text += line.voice;
    if (!line.voice.empty() && !line.text.empty()) cleaned.text += ' ';
    cleaned.text += line.text;
  }
  return cleaned;
}

}  // namespace dataset_music
