#include "vocabulary.hpp"

#include <algorithm>
#include <array>
#include <etude/error.hpp>
#include <etude/unicode.hpp>

#include "byte_alphabet.hpp"

namespace etude::bpe {
namespace {

bool is_ascii(std::string_view text) {
  return std::all_of(text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) < 0x80; });
}

}  // namespace

std::string problem_with_added(const std::string& content) {
  if (content.empty()) return "an added token has no characters";
  bool utf8 = true;
  for_each_code_point(content, [&](const CodePoint& point, std::size_t) { utf8 = utf8 && point.valid; });
  if (!utf8) return "an added token is not UTF-8";
  // Letters of the byte alphabet spell pieces of text in the file: "Ġa" is " a", and every single letter is a byte.
  if (unspelled(content) && (count_characters(content) == 1 || !is_ascii(content)))
    return text("the added token ", content,
                " is spelled as tokenizer.json spells a piece of text; two ASCII characters or more are not");
  return "";
}

void check(const Vocabulary& vocabulary) {
  std::array<bool, 256> known{};
  for (const auto& added : vocabulary.added)
    if (const auto problem = problem_with_added(added.content); !problem.empty()) throw Error(problem);
  for (const auto& token : vocabulary.tokens) {
    const auto bytes = unspelled(token);
    if (bytes && bytes->size() == 1) known[static_cast<unsigned char>(bytes->front())] = true;
  }
  const auto missing = std::count(known.begin(), known.end(), false);
  if (missing > 0 && !vocabulary.unknown)
    throw Error(text(missing, " of the 256 bytes have no token, and there is no unknown token to stand for them"),
                "learn with an unknown token or with the initial alphabet");
}

}  // namespace etude::bpe
