#include <algorithm>
#include <base/clock.hpp>
#include <corpus/token_stream.hpp>
#include <etude/parallel.hpp>
#include <etude/unicode.hpp>

namespace etude {
namespace {

/// Whether the line is `delimiter`, white space around it apart.
bool is_delimiter(std::string_view line, std::string_view delimiter) {
  if (line.size() < delimiter.size()) return false;
  const auto found = line.find(delimiter);
  return found != std::string_view::npos && stripped(line.substr(0, found)).empty() &&
         stripped(line.substr(found + delimiter.size())).empty();
}

std::string_view take_line(std::string_view& text) {
  const std::string_view line = text.substr(0, text.find('\n') + 1);  // npos + 1 is 0: then the rest is one line
  if (line.empty()) return std::exchange(text, {});
  text.remove_prefix(line.size());
  return line;
}

struct EncodedBlock {
  std::string packed;
  EncodedTotals totals;
};

/// Encodes one block at a time; used by any number of threads.
class LineEncoder {
 public:
  LineEncoder(const Tokenizer& tokenizer, const std::string& delimiter)
      : tokenizer_(tokenizer),
        delimiter_(delimiter),
        vocab_size_(tokenizer.vocab_size()),
        end_(tokenizer.end_of_text()),
        unknown_(tokenizer.unknown()),
        width_(static_cast<std::size_t>(bytes_per_id(vocab_size_))) {}

  EncodedBlock encode(std::string_view block) const {
    EncodedBlock encoded;
    const double begin = steady_seconds();
    std::vector<TokenId> ids;
    while (!block.empty()) {
      const std::string_view line = take_line(block);
      ids.clear();
      if (end_ && is_delimiter(line, delimiter_)) {
        ids.push_back(*end_);
        ++encoded.totals.ends;
      } else {
        tokenizer_.encode_marked(line, ids);
        encoded.totals.characters += count_characters(line);
      }
      append(encoded, ids);
    }
    encoded.totals.seconds = seconds_since(begin);
    return encoded;
  }

 private:
  void append(EncodedBlock& encoded, const std::vector<TokenId>& ids) const {
    const std::size_t begin = encoded.packed.size();
    encoded.packed.resize(begin + ids.size() * width_);
    char* out = encoded.packed.data() + begin;
    for (const TokenId id : ids) {
      if (id < 0 || id >= vocab_size_)
        throw Error(text("the tokenizer gave the id ", id, ", outside its vocabulary of ", vocab_size_),
                    "tell the plugin's author");
      encoded.totals.unknown += id == unknown_;
      for (std::size_t byte = 0; byte < width_; ++byte)
        *out++ = static_cast<char>(static_cast<std::uint32_t>(id) >> (8 * byte) & 0xFF);
    }
    encoded.totals.tokens += static_cast<std::int64_t>(ids.size());
  }

  const Tokenizer& tokenizer_;
  const std::string& delimiter_;
  std::int64_t vocab_size_;
  std::optional<TokenId> end_, unknown_;
  std::size_t width_;
};

/// What was read of a file of ids, and where in it.
struct IdBlock {
  std::string packed;
  std::int64_t first = 0;
};

/// The text of a block, cut where texts end.
struct DecodedBlock {
  std::vector<std::string> pieces;
  std::int64_t tokens = 0;
  double seconds = 0;
};

class IdDecoder {
 public:
  IdDecoder(const Tokenizer& tokenizer, std::filesystem::path file)
      : tokenizer_(tokenizer),
        file_(std::move(file)),
        vocab_size_(tokenizer.vocab_size()),
        end_(tokenizer.end_of_text()),
        width_(static_cast<std::size_t>(bytes_per_id(vocab_size_))) {}

  DecodedBlock decode(const IdBlock& block) const {
    DecodedBlock decoded;
    const double begin = steady_seconds();
    const std::vector<TokenId> ids = unpacked(block);
    decoded.tokens = static_cast<std::int64_t>(ids.size());
    auto from = ids.begin();
    for (auto to = from;; from = to + 1) {
      to = end_ ? std::find(from, ids.end(), *end_) : ids.end();
      decoded.pieces.push_back(tokenizer_.decode({from, to}));
      if (to == ids.end()) break;
    }
    decoded.seconds = seconds_since(begin);
    return decoded;
  }

 private:
  std::vector<TokenId> unpacked(const IdBlock& block) const {
    if (block.packed.size() % width_ != 0)
      throw Error(text(file_.string(), " ends within an id: a vocabulary of ", vocab_size_, " takes ", width_, " bytes an id"),
                  "it was cut short, or written with another tokenizer");
    std::vector<TokenId> ids(block.packed.size() / width_);
    for (std::size_t i = 0; i < ids.size(); ++i) {
      std::uint32_t id = 0;
      for (std::size_t byte = 0; byte < width_; ++byte)
        id |= static_cast<std::uint32_t>(static_cast<unsigned char>(block.packed[i * width_ + byte])) << (8 * byte);
      if (id >= static_cast<std::uint64_t>(vocab_size_))
        throw Error(text(file_.string(), ": token ", block.first + static_cast<std::int64_t>(i), " is the id ", id,
                         ", outside the vocabulary of ", vocab_size_),
                    "it was written with another tokenizer, or is no file of ids");
      ids[i] = static_cast<TokenId>(id);
    }
    return ids;
  }

  const Tokenizer& tokenizer_;
  std::filesystem::path file_;
  std::int64_t vocab_size_;
  std::optional<TokenId> end_;
  std::size_t width_;
};

/// Twice as many under way as threads: none waits for the slowest.
std::size_t window(int threads) { return 2 * static_cast<std::size_t>(std::max(threads, 1)); }

}  // namespace

int bytes_per_id(std::int64_t vocab_size) { return vocab_size <= 65536 ? 2 : 4; }

EncodedTotals encode_text(const Tokenizer& tokenizer, TextBlocks& text, const std::string& delimiter, int threads,
                          const Write& write, const std::function<void(const EncodedTotals&)>& told) {
  const LineEncoder encoder(tokenizer, delimiter);
  const auto read = [&]() -> std::optional<std::string> {
    std::string block;
    return text.next(block) ? std::optional(std::move(block)) : std::nullopt;
  };
  OrderedParallel<std::string, EncodedBlock> blocks(
      threads, window(threads), read, [&](const std::string& block, const std::stop_token&) { return encoder.encode(block); });
  EncodedTotals totals;
  while (const auto encoded = blocks.next()) {
    write(encoded->packed);
    totals.characters += encoded->totals.characters;
    totals.tokens += encoded->totals.tokens;
    totals.ends += encoded->totals.ends;
    totals.unknown += encoded->totals.unknown;
    totals.seconds += encoded->totals.seconds;
    told(totals);
  }
  return totals;
}

DecodedTotals decode_tokens(const Tokenizer& tokenizer, InputStream& ids, const std::string& delimiter, int threads,
                            const Write& write, const std::function<void(const DecodedTotals&)>& told) {
  const IdDecoder decoder(tokenizer, ids.file());
  std::int64_t first = 0;
  const auto read = [&]() -> std::optional<IdBlock> {
    IdBlock block{std::string(block_bytes, '\0'), first};
    block.packed.resize(ids.read({block.packed.data(), block.packed.size()}));
    first += static_cast<std::int64_t>(block.packed.size()) / bytes_per_id(tokenizer.vocab_size());
    return block.packed.empty() ? std::nullopt : std::optional(std::move(block));
  };
  OrderedParallel<IdBlock, DecodedBlock> blocks(
      threads, window(threads), read, [&](const IdBlock& block, const std::stop_token&) { return decoder.decode(block); });
  DecodedTotals totals;
  bool begins_line = true;
  const auto put = [&](std::string_view piece) {
    if (piece.empty()) return;
    write(piece);
    totals.bytes += static_cast<std::int64_t>(piece.size());
    begins_line = piece.back() == '\n';
  };
  while (const auto decoded = blocks.next()) {
    for (std::size_t i = 0; i < decoded->pieces.size(); ++i) {
      if (i > 0) put(begins_line ? delimiter + '\n' : delimiter);
      put(decoded->pieces[i]);
    }
    totals.ends += static_cast<std::int64_t>(decoded->pieces.size()) - 1;
    totals.tokens += decoded->tokens;
    totals.seconds += decoded->seconds;
    told(totals);
  }
  return totals;
}

}  // namespace etude
