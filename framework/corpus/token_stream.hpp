// Text files to files of token ids and back, line by line, on many threads, in bounded memory.
#pragma once

#include <corpus/streams.hpp>
#include <etude/tokenizer.hpp>

namespace etude {

/// 2 where every id of the vocabulary fits, else 4. Ids are little-endian.
int bytes_per_id(std::int64_t vocab_size);

struct EncodedTotals {
  std::int64_t characters = 0;  ///< code points, without delimiter lines
  std::int64_t tokens = 0;      ///< with the ends of text
  std::int64_t ends = 0;        ///< delimiter lines
  std::int64_t unknown = 0;     ///< tokens that are the unknown id
  double seconds = 0;           ///< of all threads, in the tokenizer
};

/// Encodes `text` line by line, each with its newline (encode_marked()), and writes packed ids. A line that is `delimiter`, white
/// space around it apart, becomes the end-of-text id alone; for a tokenizer without one it is text like any other.
/// @param told  called after each block with the totals so far
EncodedTotals encode_text(const Tokenizer& tokenizer, TextBlocks& text, const std::string& delimiter, int threads,
                          const Write& write, const std::function<void(const EncodedTotals&)>& told);

struct DecodedTotals {
  std::int64_t tokens = 0;
  std::int64_t ends = 0;
  std::int64_t bytes = 0;  ///< of text
  double seconds = 0;      ///< of all threads, in the tokenizer
};

/// The reverse of encode_text(): an end of text becomes the delimiter, with a newline where it begins a line.
/// @throws Error if the file ends within an id, or an id is outside the vocabulary
DecodedTotals decode_tokens(const Tokenizer& tokenizer, InputStream& ids, const std::string& delimiter, int threads,
                            const Write& write, const std::function<void(const DecodedTotals&)>& told);

}  // namespace etude
