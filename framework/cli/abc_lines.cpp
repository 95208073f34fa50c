#include <algorithm>
#include <array>
#include <charconv>
#include <cli/abc_lines.hpp>
#include <etude/music/judge.hpp>
#include <etude/music/midi.hpp>
#include <etude/unicode.hpp>
#include <nlohmann/json.hpp>
#include <ostream>
#include <utility>

namespace etude {
namespace {

using Json = nlohmann::json;

/// A line of JSON takes up to six bytes for one of the text (\u0000).
constexpr std::size_t longest_line = 6 * longest_abc;

/// Lines as they arrive: those that are there are given before more is awaited.
class Lines {
 public:
  explicit Lines(InputStream& input) : input_(input) {}

  /// The next line without its newline, valid until the next call; false at the end. Before it waits it calls `waiting`.
  bool next(std::string_view& line, const std::function<void()>& waiting) {
    consume();
    std::size_t searched = 0;
    for (;;) {
      const auto newline = buffer_.find('\n', begin_ + searched);
      if (newline != std::string::npos || (at_end_ && begin_ < buffer_.size())) {
        end_ = std::min(newline, buffer_.size());
        line = std::string_view(buffer_).substr(begin_, end_ - begin_);
        ++number_;
        return true;
      }
      if (at_end_) return false;
      searched = buffer_.size() - begin_;
      if (searched > longest_line)
        throw Error(text(file(), ":", number_ + 1, ": the line is longer than ", longest_line >> 20, " MiB"),
                    "is this a file of lines {\"id\": ..., \"text\": ...}? the lines before it were answered");
      waiting();
      read();
    }
  }

  std::int64_t number() const { return number_; }  ///< of the last line, from 1
  std::string file() const { return input_name(input_.file()); }

 private:
  void consume() {
    begin_ = std::min(end_ + 1, buffer_.size());
    if (number_ == 0) begin_ = 0;
  }

  void read() {
    buffer_.erase(0, begin_);
    begin_ = 0;
    const std::size_t before = buffer_.size();
    // In proportion to what is there, so that one very long line costs linear time.
    buffer_.resize(before + std::max(block_bytes, before));
    const std::size_t count = input_.read_some({buffer_.data() + before, buffer_.size() - before});
    buffer_.resize(before + count);
    at_end_ = count == 0;
  }

  InputStream& input_;
  std::string buffer_;
  std::size_t begin_ = 0, end_ = 0;  ///< of the last line
  bool at_end_ = false;
  std::int64_t number_ = 0;
};

/// What a line asks for.
struct Question {
  std::string id = "null";  ///< as JSON
  std::string text;
};

/// How the last `id` of an object that is a fraction, or too large for 64 bits, was written: reading it as a number rounds it.
class IdSpelling final : public nlohmann::json_sax<Json> {
 public:
  std::string spelling;

  bool key(std::string& name) override {
    at_id_ = depth_ == 1 && name == "id";
    return true;
  }
  bool number_float(double, const std::string& written) override {
    if (std::exchange(at_id_, false)) spelling = written;
    return true;
  }
  bool start_object(std::size_t) override { return enter(); }
  bool start_array(std::size_t) override { return enter(); }
  bool end_object() override { return leave(); }
  bool end_array() override { return leave(); }
  bool null() override { return other(); }
  bool boolean(bool) override { return other(); }
  bool number_integer(std::int64_t) override { return other(); }
  bool number_unsigned(std::uint64_t) override { return other(); }
  bool string(std::string&) override { return other(); }
  bool binary(Json::binary_t&) override { return other(); }
  bool parse_error(std::size_t, const std::string&, const Json::exception&) override { return false; }

 private:
  bool enter() { return ++depth_, other(); }
  bool leave() { return --depth_, other(); }
  bool other() { return at_id_ = false, true; }

  std::int64_t depth_ = 0;
  bool at_id_ = false;
};

/// @param id  of an object that `line` is
std::string json_id(std::string_view line, const Json& id) {
  if (!id.is_number_float()) return id.dump(-1, ' ', false, Json::error_handler_t::replace);
  IdSpelling reader;
  Json::sax_parse(line, &reader);
  return reader.spelling;
}

std::string unusable_id(std::string_view line, const Json& object, Question& question) {
  const auto found = object.find("id");
  if (found == object.end()) return {};
  // Nothing nested: writing it would take as many stack frames as it is deep.
  if (found->is_structured()) return "id is neither a text nor a number";
  question.id = json_id(line, *found);
  return {};
}

/// What is wrong with a line; empty where it is a question.
std::string read_question(std::string_view line, Question& question) {
  Json object;
  try {
    object = Json::parse(line);
  } catch (const Json::exception& error) {
    const std::string_view said = error.what();  // "[json.exception.parse_error.101] parse error at ..."
    return text("no JSON: ", said.substr(std::min(said.find("] ") + 2, said.size())));
  }
  if (!object.is_object()) return "no JSON object {\"id\": ..., \"text\": ...}";
  if (auto fault = unusable_id(line, object, question); !fault.empty()) return fault;
  const auto found = object.find("text");
  if (found == object.end()) return "no text: \"text\" is missing";
  if (!found->is_string()) return text("no text: \"text\" is ", found->type_name());
  question.text = found->get<std::string>();
  if (question.text.size() > longest_abc) return text("the text is longer than ", longest_abc >> 20, " MiB");
  return {};
}

/// The notes as JSON, and how many of them sound.
struct NoteList {
  std::string json = "[";
  std::int64_t sounding = 0;
};

void append_number(std::string& json, std::int64_t value) {
  std::array<char, 20> digits;
  json.append(digits.data(), std::to_chars(digits.data(), digits.data() + digits.size(), value).ptr);
}

NoteList list_notes(std::string_view midi) {
  NoteList list;
  for (const music::MidiNote& note : music::read_midi_notes(midi)) {
    list.sounding += note.pitch != music::MidiNote::tempo;
    list.json += list.json.size() == 1 ? "[" : ",[";
    append_number(list.json, note.onset);
    list.json += ',';
    append_number(list.json, note.pitch);
    list.json += ',';
    append_number(list.json, note.duration);
    list.json += ']';
  }
  list.json += ']';
  return list;
}

/// A text in JSON, or null if there is none.
std::string json_text(const std::string& value) {
  return value.empty() ? "null" : Json(value).dump(-1, ' ', false, Json::error_handler_t::replace);
}

std::string answer(const std::string& id, const music::Verdict& verdict, bool notes) {
  NoteList list;
  if (verdict.exports()) list = list_notes(*verdict.midi);
  const auto boolean = [](bool value) { return value ? "true" : "false"; };
  std::string line =
      text("{\"id\":", id, ",\"parse\":", boolean(verdict.parses()), ",\"parse_error\":", json_text(verdict.parse_error),
           ",\"midi\":", boolean(verdict.exports()), ",\"midi_error\":", json_text(verdict.midi_error), ",\"n_notes\":");
  line += verdict.exports() ? std::to_string(list.sounding) : "null";
  if (notes) line += ",\"notes\":" + (verdict.exports() ? list.json : "null");
  return line + "}\n";
}

}  // namespace

JudgedLines judge_lines(InputStream& input, music::Reading reading, bool notes, std::ostream& answers,
                        const std::function<void(const std::string&)>& told) {
  const auto flush = [&] {
    if (!answers.flush()) throw Error("cannot write to standard output");
  };
  JudgedLines judged;
  Lines lines(input);
  for (std::string_view line; lines.next(line, flush);) {
    if (stripped(line).empty()) continue;
    Question question;
    music::Verdict verdict;
    if (const auto fault = read_question(line, question); fault.empty()) {
      ++judged.texts;
      verdict = music::judge_abc(question.text, reading);
    } else {
      ++judged.unusable;
      verdict.parse_error = text(lines.file(), ":", lines.number(), ": ", fault);
      told(verdict.parse_error);
    }
    answers << answer(question.id, verdict, notes);
  }
  flush();
  return judged;
}

}  // namespace etude
