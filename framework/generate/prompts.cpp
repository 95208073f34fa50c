#include <algorithm>
#include <array>
#include <corpus/streams.hpp>
#include <cstdio>
#include <etude/unicode.hpp>
#include <generate/prompts.hpp>

namespace etude {

std::span<const HeaderPrompt> header_prompts() {
  static constexpr std::array headers{
      HeaderPrompt{"reel", "X:1\nM:4/4\nL:1/8\nQ:1/4=180\nK:D\nV:1\nd2fd Adfd|"},
      HeaderPrompt{"jig", "X:1\nM:6/8\nL:1/8\nQ:1/4=170\nK:G\nV:1\nG2B dBG|"},
      HeaderPrompt{"waltz", "X:1\nM:3/4\nL:1/8\nQ:1/4=150\nK:F\nV:1\nA2c2f2|"},
      HeaderPrompt{"march", "X:1\nM:2/4\nL:1/8\nQ:1/4=110\nK:Bb\nV:1\nB2dB|"},
      HeaderPrompt{"air", "X:1\nM:4/4\nL:1/8\nQ:1/4=72\nK:Am\nV:1\nA4 c2e2|"},
  };
  return headers;
}

const HeaderPrompt& header_prompt(const std::string& name) {
  std::string known;
  for (const auto& header : header_prompts()) {
    if (name == header.name) return header;
    known += (known.empty() ? "" : ", ") + std::string(header.name);
  }
  throw usage_error(text("there is no header ", name), text("there are ", known, "; all takes each in turn, list shows them"));
}

namespace {

/// 'x', or what a terminal can't show by its number.
std::string name_of(const std::string& character, const CodePoint& point) {
  char number[16];
  if (!point.valid)
    std::snprintf(number, sizeof number, "byte 0x%02X", static_cast<unsigned>(point.value));
  else if (point.value < 0x20 || (point.value >= 0x7F && point.value < 0xA0))
    std::snprintf(number, sizeof number, "U+%04X", static_cast<unsigned>(point.value));
  else
    return "'" + character + "'";
  return number;
}

}  // namespace

std::string unknown_characters(const Tokenizer& tokenizer, const std::string& text) {
  const auto unknown = tokenizer.unknown();
  const auto has_unknown = [&](std::string_view part) {
    std::vector<TokenId> ids;
    tokenizer.encode(part, ids);
    return unknown && std::find(ids.begin(), ids.end(), *unknown) != ids.end();
  };
  constexpr std::size_t shown = 20;
  if (!has_unknown(text)) return "";
  std::vector<std::string> characters;
  for_each_code_point(text, [&](const CodePoint& point, std::size_t at) {
    const auto character = text.substr(at, static_cast<std::size_t>(point.bytes));
    if (!has_unknown(character)) return;
    auto name = name_of(character, point);
    if (std::find(characters.begin(), characters.end(), name) == characters.end()) characters.push_back(std::move(name));
  });
  std::string list;
  for (std::size_t i = 0; i < std::min(characters.size(), shown); ++i) list += (i ? ", " : "") + characters[i];
  if (characters.size() > shown) list += etude::text(" and ", characters.size() - shown, " more");
  return list;
}

std::string without_unknown_fields(const std::string& header, const Tokenizer& tokenizer, std::string& dropped) {
  std::string kept;
  for (std::size_t line = 0, end; line < header.size(); line = end) {
    end = std::min(header.find('\n', line), header.size() - 1) + 1;
    const auto field = header.substr(line, end - line);
    if (end == header.size() || unknown_characters(tokenizer, field).empty())
      kept += field;
    else
      dropped += (dropped.empty() ? "" : ", ") + field.substr(0, 2);
  }
  return kept;
}

std::string read_prompt(const std::string& file) {
  constexpr std::size_t longest = 1 << 20;
  const auto name = input_name(file);
  std::string prompt(longest + 1, '\0');
  prompt.resize(InputStream(file).read(prompt));
  if (prompt.empty()) throw usage_error(text("the prompt in ", name, " is empty"), "leave the option out to start from nothing");
  if (prompt.size() > longest)
    throw usage_error(text("the prompt in ", name, " is longer than 1 MiB"), "no model sees that much");
  return prompt;
}

}  // namespace etude
