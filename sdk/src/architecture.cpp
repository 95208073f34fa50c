// What every architecture has: the checks, the counts and the slow but general decode().
#include <etude/architecture.hpp>
#include <etude/error.hpp>
#include <unordered_set>

namespace etude {

namespace {

/// All tokens seen so far: the memory of a model that brings none of its own.
class TokenHistory final : public DecodeState {
 public:
  explicit TokenHistory(std::int64_t rows) : batch(rows) {}
  std::int64_t batch;
  torch::Tensor tokens;
};

/// The tensors that belong to torch::nn::Embedding modules and to nothing else, and those that are used elsewhere.
struct Ownership {
  std::unordered_set<const void*> embedding, elsewhere;

  explicit Ownership(const torch::nn::Module& root) {
    add(root);
    for (const auto& module : root.modules(/*include_self=*/false)) add(*module);
  }

 private:
  void add(const torch::nn::Module& module) {
    auto& owned = dynamic_cast<const torch::nn::EmbeddingImpl*>(&module) ? embedding : elsewhere;
    for (const auto& parameter : module.parameters(/*recurse=*/false)) owned.insert(parameter.unsafeGetTensorImpl());
  }
};

/// Each trainable tensor once, however many modules share it.
std::vector<torch::Tensor> distinct_parameters(const torch::nn::Module& module) {
  std::unordered_set<const void*> seen;
  std::vector<torch::Tensor> distinct;
  for (const auto& parameter : module.parameters())
    if (parameter.requires_grad() && seen.insert(parameter.unsafeGetTensorImpl()).second) distinct.push_back(parameter);
  return distinct;
}

}  // namespace

DecodeState::~DecodeState() = default;

std::vector<std::int64_t> DecodeState::live_rows(std::int64_t batch) const {
  std::vector<std::int64_t> rows;
  for (std::int64_t row = 0; row < batch; ++row)
    if (live.empty() || live.at(static_cast<std::size_t>(row))) rows.push_back(row);
  return rows;
}

Architecture::Architecture(const ModelContext& context) : context_(context) {
  if (context.vocab_size < 1 || context.context_length < 1)
    throw usage_error(text("a model needs a vocabulary and a context, but vocab_size is ", context.vocab_size,
                           " and context_length ", context.context_length),
                      "both must be at least 1");
  if (!context_.dropout_source) context_.dropout_source = std::make_shared<nn::DropoutSource>();
}

Architecture::~Architecture() = default;

std::unique_ptr<DecodeState> Architecture::initial_state(std::int64_t batch) { return std::make_unique<TokenHistory>(batch); }

torch::Tensor Architecture::decode(const torch::Tensor& tokens, DecodeState& state) {
  auto& history = dynamic_cast<TokenHistory&>(state);
  history.tokens = history.tokens.defined() ? torch::cat({history.tokens, tokens}, 1) : tokens;
  if (history.tokens.size(1) > context_length()) history.tokens = history.tokens.slice(1, -context_length()).contiguous();
  return forward(history.tokens).select(1, -1);
}

std::vector<ParameterGroup> Architecture::parameter_groups() {
  ParameterGroup matrices{{}, 1.0}, vectors{{}, 0.0};
  for (const auto& parameter : distinct_parameters(*this))
    (parameter.dim() >= 2 ? matrices : vectors).parameters.push_back(parameter);
  std::vector<ParameterGroup> groups;
  for (auto* group : {&matrices, &vectors})
    if (!group->parameters.empty()) groups.push_back(std::move(*group));
  return groups;
}

ParameterCounts Architecture::parameter_counts() const {
  const Ownership owned(*this);
  ParameterCounts counts;
  for (const auto& parameter : distinct_parameters(*this))
    (owned.embedding.contains(parameter.unsafeGetTensorImpl()) ? counts.embedding : counts.body) += parameter.numel();
  return counts;
}

double Architecture::forward_flops_per_token() const {
  const Ownership owned(*this);
  double multiply_adds = 0;
  for (const auto& parameter : distinct_parameters(*this))
    if (parameter.dim() >= 2 && owned.elsewhere.contains(parameter.unsafeGetTensorImpl()))
      multiply_adds += static_cast<double>(parameter.numel());
  return 2 * multiply_adds;
}

void Architecture::begin_dropout(std::uint64_t seed, std::int64_t step, std::int64_t first_row) {
  context_.dropout_source->begin(seed, step, first_row);
}

void Architecture::require_tokens(const torch::Tensor& tokens) const {
  if (tokens.dim() != 2 || tokens.scalar_type() != torch::kLong || tokens.size(0) < 1 || tokens.size(1) < 1)
    throw Error(
        text("tokens must be int64 [batch, time] and not empty, but they are ", tokens.scalar_type(), " ", tokens.sizes()));
  if (tokens.size(1) > context_length())
    throw Error(text("a window of ", tokens.size(1), " tokens does not fit into the context of ", context_length()),
                "use windows of at most context_length tokens, or a larger training.context_length");
}

}  // namespace etude
