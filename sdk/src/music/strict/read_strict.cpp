#include "read_strict.hpp"

#include <algorithm>
#include <deque>
#include <etude/error.hpp>
#include <memory>
#include <unordered_map>

#include "cursor.hpp"
#include "fields.hpp"
#include "lines.hpp"
#include "macros.hpp"
#include "music.hpp"

namespace etude::music::strict {
namespace {

constexpr std::string_view header_fields = "ABCDEFGHIKLMmNOPQRrSTUVWXYZsJ", body_fields = "IKLMmNPQRrsTUVWw";

bool among(char tag, std::string_view tags) { return tags.find(tag) != std::string_view::npos; }

/// A bound for memory and time: a line of five bytes can name a voice, which takes two thousand.
constexpr std::size_t most_voices = 256;

/// Bytes by which macros may lengthen a text of that size: tunes grow by less, and notes take two hundred times their bytes.
constexpr std::size_t growth_allowed(std::size_t size) { return (std::size_t{1} << 20) + 2 * size; }

/// What stands before the first tune holds for all of them, and what stands in a header for its tune.
struct Settings {
  std::optional<MeterPointer> meter;
  std::optional<Fraction> unit;
  Propagation propagation = Propagation::pitch;
  Signs signs;
  Macros macros;
};

/// Words of an instruction or directive: "propagate-accidentals pitch".
std::string_view value_of_instruction(std::string_view words, std::string_view name) {
  if (words.substr(0, name.size()) != name) return {};
  words.remove_prefix(name.size());
  const auto begin = words.find_first_not_of(" \t");
  return begin == std::string_view::npos || begin == 0 ? std::string_view() : words.substr(begin);
}

void take_instruction(const Place& value, Settings& settings) {
  const auto words = value.text.substr(value.at);
  const auto reach = value_of_instruction(words, "propagate-accidentals");
  if (reach == "not") settings.propagation = Propagation::none;
  if (reach == "octave") settings.propagation = Propagation::octave;
  if (reach == "pitch") settings.propagation = Propagation::pitch;
  const auto breaks = value_of_instruction(words, "linebreak");
  if (!breaks.empty()) settings.signs.exclamation_breaks_lines = among('!', breaks);
}

void define_sign(const Place& value, Signs& signs) {
  const auto symbol = parse_user_symbol(value);
  auto& meaning = signs.decorations[static_cast<unsigned char>(symbol.sign)];
  meaning = symbol.decoration;
}

/// A tune, from its X: to the empty line that ends it.
class TuneReader final : public MusicTarget {
 public:
  /// @param growth  bytes by which macros may still lengthen the text; becomes less
  TuneReader(const StrictLine& number, const Settings& settings, std::size_t& growth)
      : number_(number.place), settings_(settings), growth_(growth) {
    const auto digits = number.words();
    const bool whole = std::all_of(digits.begin(), digits.end(), is_digit);
    if (!whole) reject(number.value, "X: numbers the tune, and must be a whole number");
    keep(number);
  }

  void read(const StrictLine& line) {
    switch (line.kind) {
      case LineKind::directive:
        tune_.directives.emplace_back(line.words());
        instruct(line.value);
        return;
      case LineKind::field:
        return line.tag == '+' ? continue_field(line) : in_header_ ? read_header(line) : read_body(line);
      case LineKind::other:
        if (in_header_) reject(line.place, "music before K: the field K: ends the header");
        return read_line(line.place);
      default:
        return;
    }
  }

  Tune finish() {
    if (in_header_) reject(number_, "no K: the header of a tune ends with this field");
    for (auto& voice : voices_) {
      Part part = voice.finish();
      if (!part.measures.empty()) tune_.parts.push_back(std::move(part));
    }
    return std::move(tune_);
  }

  VoiceBuilder& voice() override {
    if (!current_) current_ = voices_.empty() ? &add_voice({}) : &voices_.front();
    return *current_;
  }

  void inline_field(char tag, const Place& value) override {
    const auto words = value.text.substr(value.at);
    tune_.fields.push_back({tag, std::string(words)});
    change(tag, value);
  }

 private:
  void keep(const StrictLine& line) { tune_.fields.push_back({line.tag, std::string(line.words())}); }

  void continue_field(const StrictLine& line) { tune_.fields.back().text += text(" ", line.words()); }

  void read_line(const Place& line) {
    if (settings_.macros.empty()) return read_music(line, settings_.signs, *this);
    auto written = settings_.macros.write_out(line.text, growth_);
    if (written == line.text) return read_music(line, settings_.signs, *this);
    const std::size_t grown = written.size() - std::min(written.size(), line.text.size());
    if (grown > growth_) reject(line, "macros write the text out to more than three times its size and a mebibyte");
    growth_ -= grown;
    lines_.push_back(std::move(written));
    try {
      read_music({line.line, lines_.back(), 0}, settings_.signs, *this);
    } catch (const AbcError& error) {
      throw AbcError(error.cause() + " (columns count with macros written out)", error.line(), error.column());
    }
  }

  void read_header(const StrictLine& line) {
    if (line.tag == 'X') reject(line.place, "a second X: in one header");
    if (!among(line.tag, header_fields)) reject(line.place, text("field ", line.tag, ": cannot stand in a header"));
    keep(line);
    switch (line.tag) {
      case 'M':
        settings_.meter = parse_meter(line.value);
        return;
      case 'L':
        settings_.unit = parse_unit_length(line.value);
        return;
      case 'Q':
        tempo_ = line.value;  // the old forms depend on L:, which may follow
        return;
      case 'U':
        return define_sign(line.value, settings_.signs);
      case 'm':
        return settings_.macros.define(line.value);
      case 'I':
        return instruct(line.value);
      case 'V':
        declared_.push_back(line.value);
        return;
      case 'K':
        return end_header(line);
      default:
        return;
    }
  }

  void end_header(const StrictLine& line) {
    in_header_ = false;
    initial_.meter = settings_.meter.value_or(nullptr);
    initial_.unit = settings_.unit.value_or(default_unit_length(initial_.meter.get()));
    initial_.propagation = settings_.propagation;
    const auto key = parse_key(line.value);
    initial_.key = key.key;
    initial_.alterations = key.alterations;
    initial_.properties = key.properties;
    for (const auto& declared : declared_) select_voice(declared);
    current_ = nullptr;
  }

  void read_body(const StrictLine& line) {
    if (line.tag == 'X') reject(line.place, "X: within a tune: an empty line stands between tunes");
    if (!among(line.tag, body_fields)) reject(line.place, text("field ", line.tag, ": cannot stand among music"));
    keep(line);
    change(line.tag, line.value);
  }

  /// A field of the body, on a line of its own or in brackets. It changes the voice that music goes to.
  void change(char tag, const Place& value) {
    switch (tag) {
      case 'M':
        return voice().set_meter(parse_meter(value));
      case 'L':
        return voice().set_unit_length(parse_unit_length(value));
      case 'K':
        return voice().set_key(parse_key(value));
      case 'Q':
        return voice().add_tempo(parse_tempo(value, voice().unit_length()));
      case 'V':
        return select_voice(value);
      case 'U':
        return define_sign(value, settings_.signs);
      case 'm':
        return settings_.macros.define(value);
      case 'I':
        return instruct(value);
      default:
        return;
    }
  }

  void instruct(const Place& value) {
    take_instruction(value, settings_);
    initial_.propagation = settings_.propagation;
    for (auto& voice : voices_) voice.set_propagation(settings_.propagation);
  }

  void select_voice(const Place& value) {
    const auto field = parse_voice(value);
    const auto found = by_name_.find(field.name);
    if (found == by_name_.end() && voices_.size() == most_voices) reject(value, text("more than ", most_voices, " voices"));
    current_ = found == by_name_.end() ? &add_voice(field.name) : found->second;
    current_->set_properties(field.properties);
  }

  VoiceBuilder& add_voice(const std::string& name) {
    auto& voice = voices_.emplace_back(name, initial_);
    by_name_[name] = &voice;
    if (voices_.size() == 1 && tempo_) voice.add_tempo(parse_tempo(*tempo_, initial_.unit));
    return voice;
  }

  Place number_;
  std::deque<std::string> lines_;  ///< that macros wrote; places refer to them
  Settings settings_;
  std::size_t& growth_;
  bool in_header_ = true;
  Tune tune_;
  std::optional<Place> tempo_;
  std::vector<Place> declared_;
  VoiceSettings initial_;
  std::deque<VoiceBuilder> voices_;
  std::unordered_map<std::string, VoiceBuilder*> by_name_;
  VoiceBuilder* current_ = nullptr;
};

class FileReader {
 public:
  Score read(std::string_view text) {
    growth_ = growth_allowed(text.size());
    StrictLines lines(text);
    StrictLine line;
    while (lines.next(line)) {
      if (!skipping_block(line)) read(line);
    }
    end_tune();
    if (score_.tunes.empty()) throw AbcError("no tune: no line begins with X:", 1, 1);
    score_.collection = score_.tunes.size() > 1;
    return std::move(score_);
  }

 private:
  /// %%begintext ... %%endtext and the like hold no music, and may hold empty lines.
  bool skipping_block(const StrictLine& line) {
    const bool directive = line.kind == LineKind::directive;
    if (block_.empty()) {
      if (!directive || line.words().substr(0, 5) != "begin") return false;
      const auto name = line.words().substr(5, line.words().find_first_of(" \t") - 5);
      if (name != "text" && name != "ps" && name != "svg") return false;
      block_ = text("end", name);
    } else if (directive && line.words().substr(0, block_.size()) == block_) {
      block_.clear();
    }
    return true;
  }

  void read(const StrictLine& line) {
    if (line.kind == LineKind::blank) return end_tune();
    if (tune_) return tune_->read(line);
    if (line.kind == LineKind::field && line.tag == 'X') {
      tune_ = std::make_unique<TuneReader>(line, settings_, growth_);
    } else if (score_.tunes.empty()) {
      read_file_header(line);
    }
  }

  /// Everything else outside tunes is free text.
  void read_file_header(const StrictLine& line) {
    if (line.kind == LineKind::directive || (line.kind == LineKind::field && line.tag == 'I'))
      take_instruction(line.value, settings_);
    if (line.kind != LineKind::field) return;
    if (line.tag == 'M') settings_.meter = parse_meter(line.value);
    if (line.tag == 'L') settings_.unit = parse_unit_length(line.value);
    if (line.tag == 'U') define_sign(line.value, settings_.signs);
    if (line.tag == 'm') settings_.macros.define(line.value);
  }

  void end_tune() {
    if (!tune_) return;
    score_.tunes.push_back(tune_->finish());
    tune_.reset();
  }

  Score score_;
  Settings settings_;
  std::size_t growth_ = 0;  ///< bytes by which macros may still lengthen the text
  std::string block_;
  std::unique_ptr<TuneReader> tune_;
};

}  // namespace

}  // namespace etude::music::strict

namespace etude::music {

Score read_strict(std::string_view text) { return strict::FileReader().read(text); }

}  // namespace etude::music
