#include <etude/error.hpp>
#include <etude/random.hpp>
#include <train/batches.hpp>

namespace etude {

Batches::Batches(const TokenFile& tokens, std::uint64_t seed, std::int64_t batch_size, std::int64_t context_length)
    : tokens_(tokens), seed_(seed), batch_size_(batch_size), context_length_(context_length) {
  if (tokens.size() <= context_length)
    throw Error(
        text("the training split has ", tokens.size(), " tokens, too few for a window of ", context_length, " and its targets"),
        "use a larger corpus, or lower training.context_length");
}

torch::Tensor Batches::windows(std::int64_t step) const {
  auto rows = torch::empty({batch_size_, context_length_ + 1}, torch::kLong);
  auto* out = rows.data_ptr<std::int64_t>();
  const auto starts = static_cast<std::uint64_t>(tokens_.size() - context_length_);
  for (std::int64_t row = 0; row < batch_size_; ++row) {
    const auto begin = random_below(random_bits(seed_, Purpose::data, step, row), starts);
    tokens_.copy(static_cast<std::int64_t>(begin), {out, static_cast<std::size_t>(context_length_ + 1)});
    out += context_length_ + 1;
  }
  return rows;
}

}  // namespace etude
