#include <algorithm>
#include <base/interrupt.hpp>
#include <etude/error.hpp>
#include <etude/random.hpp>
#include <evaluate/autocast.hpp>
#include <generate/choose_token.hpp>
#include <generate/draft.hpp>
#include <generate/generate.hpp>
#include <generate/prompts.hpp>
#include <host/guard.hpp>

namespace etude {
namespace {

std::vector<TokenId> encode_prompt(const Tokenizer& tokenizer, const std::string& prompt) {
  if (const auto unknown = unknown_characters(tokenizer, prompt); !unknown.empty())
    throw usage_error("the prompt has characters that the model has never seen: " + unknown, "leave them out of the prompt");
  std::vector<TokenId> ids;
  tokenizer.encode(prompt, ids);
  return ids;
}

/// In evaluation mode while it lives.
class EvaluationMode {
 public:
  explicit EvaluationMode(Architecture& model) : model_(model), was_training_(model.is_training()) { model_.eval(); }
  ~EvaluationMode() { model_.train(was_training_); }
  EvaluationMode(const EvaluationMode&) = delete;
  EvaluationMode& operator=(const EvaluationMode&) = delete;

 private:
  Architecture& model_;
  bool was_training_;
};

/// Some texts that are drawn together: text `first` + i in row (first + i) % kDecodeRows.
class Batch {
 public:
  Batch(Architecture& model, const EndRules& rules, const SamplingOptions& options, const std::vector<TokenId>& start,
        std::int64_t first, std::int64_t count)
      : model_(model), request_(rules.request), options_(options), first_(first), chooser_(rules.request, model.vocab_size()) {
    state_ = guarded(options_.part, "initial_state", [&] { return model_.initial_state(kDecodeRows); });
    state_->live.assign(kDecodeRows, false);
    for (std::int64_t i = 0; i < count; ++i) {
      drafts_.emplace_back(rules, start);
      state_->live[row_of(i)] = true;
    }
  }

  /// Draws all texts to their ends; `advanced` is told how many tokens each has at most.
  std::vector<std::string> draw(const std::vector<TokenId>& start, const std::function<void(std::int64_t)>& advanced) {
    auto logits = read(start);
    for (std::int64_t position = 0; !choose(logits, position); ++position) {
      advanced(position + 1);
      logits = decode(next_.to(options_.device));
    }
    std::vector<std::string> texts;
    for (const auto& draft : drafts_) texts.push_back(draft.text());
    return texts;
  }

 private:
  std::size_t row_of(std::int64_t i) const { return static_cast<std::size_t>((first_ + i) % kDecodeRows); }

  /// Gives every row the same tokens, not more at a time than the model's context.
  torch::Tensor read(const std::vector<TokenId>& start) {
    const auto ids = torch::tensor(std::vector<std::int64_t>(start.begin(), start.end()), torch::kLong);
    torch::Tensor logits;
    for (const auto& part : ids.split(model_.context_length()))
      logits = decode(part.unsqueeze(0).expand({kDecodeRows, part.size(0)}).contiguous().to(options_.device));
    return logits;
  }

  /// [kDecodeRows, vocab_size] in float on the CPU.
  torch::Tensor decode(const torch::Tensor& tokens) {
    if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
    const AutocastScope autocast(options_.device, options_.bf16);
    const auto logits = guarded(options_.part, "decode", [&] {
      auto result = model_.decode(tokens, *state_);
      TORCH_CHECK(result.dim() == 2 && result.size(0) == tokens.size(0) && result.size(1) == model_.vocab_size(),
                  "its logits must be [", tokens.size(0), ", ", model_.vocab_size(), "], not ", result.sizes());
      return result;
    });
    return logits.to(torch::kCPU, torch::kFloat).contiguous();
  }

  /// Adds a token to each unfinished text; true if all are finished.
  bool choose(const torch::Tensor& logits, std::int64_t position) {
    bool finished = true;
    const auto vocab_size = static_cast<std::size_t>(logits.size(1));
    for (std::int64_t i = 0; i < std::ssize(drafts_); ++i) {
      auto& draft = drafts_[static_cast<std::size_t>(i)];
      if (draft.finished()) continue;
      const auto row = row_of(i);
      const auto unit = random_unit(random_bits(request_.seed, Purpose::sampling, first_ + i, position));
      const auto id = chooser_.choose({logits.const_data_ptr<float>() + row * vocab_size, vocab_size}, draft.tokens(), unit);
      next_.mutable_data_ptr<std::int64_t>()[row] = id;
      draft.add(id);
      state_->live[row] = !draft.finished();
      if (draft.finished() && options_.finished) options_.finished(first_ + i, draft.text());
      finished = finished && draft.finished();
    }
    return finished;
  }

  Architecture& model_;
  const SampleRequest& request_;
  const SamplingOptions& options_;
  std::int64_t first_;
  TokenChooser chooser_;
  std::vector<Draft> drafts_;
  std::unique_ptr<DecodeState> state_;
  torch::Tensor next_ = torch::zeros({kDecodeRows, 1}, torch::kLong);
};

}  // namespace

std::vector<std::string> generate(Architecture& model, const Tokenizer& tokenizer, const std::vector<TokenId>& separator,
                                  const SampleRequest& request, const SamplingOptions& options) {
  require_valid(request);
  if (options.batch_size < 1 || options.batch_size > kDecodeRows)
    throw usage_error(text("the batch must be between 1 and ", kDecodeRows, ", not ", options.batch_size));
  auto start = separator;
  const auto prompt = encode_prompt(tokenizer, request.prompt);
  start.insert(start.end(), prompt.begin(), prompt.end());
  if (start.empty()) throw usage_error("sampling has nothing to start from: no separator and no prompt", "give a prompt");

  const torch::NoGradGuard no_grad;
  const EvaluationMode evaluation(model);
  const EndRules rules(request, tokenizer, separator);
  std::vector<std::string> texts;
  for (std::int64_t first = 0; first < request.count; first += options.batch_size) {
    const auto count = std::min(options.batch_size, request.count - first);
    Batch batch(model, rules, options, start, first, count);
    const auto advanced = [&](std::int64_t tokens) {
      if (options.progress) options.progress(first * request.new_tokens + count * tokens, request.count * request.new_tokens);
    };
    for (auto& text : batch.draw(start, advanced)) texts.push_back(std::move(text));
  }
  return texts;
}

}  // namespace etude
