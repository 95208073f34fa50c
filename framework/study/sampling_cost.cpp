#include <algorithm>
#include <chrono>
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
                       std::int64_t steps) {
  using Clock = std::chrono::steady_clock;
  request.count = std::min(request.count, options.batch_size);
  request.new_tokens = steps;
  request.one_tune = false;
  request.prompt.clear();
  // A text ends with its start: one that is longer than what is drawn ends none.
  std::vector<TokenId> tokens(static_cast<std::size_t>(std::max(start, steps + 1)));
  for (std::size_t i = 0; i < tokens.size(); ++i)
    tokens[i] = static_cast<TokenId>(static_cast<std::int64_t>(i) % model.model->vocab_size());
  const auto begin = Clock::now();
  generate(*model.model, SilentTokenizer(model.model->vocab_size()), tokens, request, options);
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

}  // namespace

double sampling_step_seconds(const ModelOnDevice& model, bool bf16, const SampleRequest& request, double seconds) {
  SamplingOptions options;
  options.bf16 = bf16;
  options.device = model.device;
  options.part = model.part;
  const std::int64_t halfway = std::max<std::int64_t>(1, std::min(request.new_tokens, model.model->context_length()) / 2);
  const auto draw = [&](std::int64_t steps) { return seconds_to_draw(model, options, request, halfway, steps); };
  constexpr std::int64_t first_steps = 4;
  draw(first_steps);  // finds its memory
  const double start = draw(1);
  const double step = std::max(0.0, draw(1 + first_steps) - start) / first_steps;
  const auto more = std::clamp<std::int64_t>(static_cast<std::int64_t>(seconds / std::max(step, 1e-9)), 1, 64);
  if (more <= first_steps) return step;
  return std::max(0.0, draw(1 + more) - start) / static_cast<double>(more);
}

std::int64_t sampling_steps(const SampleRequest& request) {
  return (request.count + kDecodeRows - 1) / kDecodeRows * request.new_tokens;
}

}  // namespace etude
