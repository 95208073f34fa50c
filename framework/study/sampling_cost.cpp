#include <algorithm>
#include <generate/generate.hpp>
#include <study/sampling_cost.hpp>

namespace etude {
namespace {

/// Nobody reads what a throw-away model writes.
class SilentTokenizer final : public Tokenizer {
 public:
  explicit SilentTokenizer(std::int64_t vocab_size) : vocab_size_(vocab_size) {}
  void learn(DocumentSource&, int) override {}
  void encode(std::string_view, std::vector<TokenId>&) const override {}
  std::string decode(std::span<const TokenId>) const override { return ""; }
  std::int64_t vocab_size() const override { return vocab_size_; }
  bool lossless() const override { return false; }
  void save(const std::filesystem::path&) const override {}
  void load(const std::filesystem::path&) override {}

 private:
  std::int64_t vocab_size_;
};

/// Of texts that begin with `start` tokens and go on for `steps`.
double seconds_to_draw(const ModelOnDevice& model, const SamplingOptions& options, SampleRequest request, std::int64_t start,
                       std::int64_t steps, const Clock& now) {
  request.count = std::min(request.count, options.batch_size);
  request.new_tokens = steps;
  request.one_tune = false;
  request.prompt.clear();
  // A text ends with its start: one that is longer than what is drawn ends none.
  std::vector<TokenId> tokens(static_cast<std::size_t>(std::max(start, steps + 1)));
  for (std::size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = static_cast<TokenId>(static_cast<std::int64_t>(i) % model.model->vocab_size());
  const double begin = now();
  generate(*model.model, SilentTokenizer(model.model->vocab_size()), tokens, request, options);
  return now() - begin;
}

}  // namespace

double sampling_step_seconds(const ModelOnDevice& model, bool bf16, const SampleRequest& request, double seconds,
                             const Clock& now) {
  SamplingOptions options;
  options.bf16 = bf16;
  options.device = model.device;
  options.part = model.part;
  const std::int64_t halfway = std::max<std::int64_t>(1, std::min(request.new_tokens, model.model->context_length()) / 2);
  const auto draw = [&](std::int64_t steps) { return seconds_to_draw(model, options, request, halfway, steps, now); };
  // What a draw takes unless others get in its way.
  const auto fastest = [&](std::int64_t steps, int draws) {
    double least = draw(steps);
    for (int i = 1; i < draws; ++i) least = std::min(least, draw(steps));
    return least;
  };
  constexpr std::int64_t few = 4, many = 64;
  constexpr int draws = 3;
  draw(few);  // finds its memory
  const double start = draw(1);
  const double step = std::max(0.0, draw(1 + few) - start) / few;
  const auto steps = std::min(many, static_cast<std::int64_t>(seconds / draws / std::max(step, 1e-9)));
  if (steps <= few) return step;
  return std::max(0.0, fastest(1 + steps, draws) - std::min(start, fastest(1, draws))) / static_cast<double>(steps);
}

std::int64_t sampling_steps(const SampleRequest& request) {
  return (request.count + kDecodeRows - 1) / kDecodeRows * request.new_tokens;
}

}  // namespace etude
