#include <algorithm>
#include <base/interrupt.hpp>
#include <cmath>
#include <etude/error.hpp>
#include <etude/random.hpp>
#include <evaluate/autocast.hpp>
#include <generate/generate.hpp>
#include <host/guard.hpp>

namespace etude {
namespace {

std::vector<TokenId> encode_prompt(const Tokenizer& tokenizer, const std::string& prompt) {
  std::vector<TokenId> ids;
  tokenizer.encode(prompt, ids);
  const auto unknown = tokenizer.unknown();
  if (!unknown || std::find(ids.begin(), ids.end(), *unknown) == ids.end()) return ids;
  std::string characters;
  for (std::size_t begin = 0, end; begin < prompt.size(); begin = end) {
    end = begin + 1;
    while (end < prompt.size() && (prompt[end] & 0xC0) == 0x80) ++end;
    std::vector<TokenId> alone;
    tokenizer.encode(std::string_view(prompt).substr(begin, end - begin), alone);
    const auto character = prompt.substr(begin, end - begin);
    if (std::find(alone.begin(), alone.end(), *unknown) != alone.end() && characters.find(character) == std::string::npos)
      characters += (characters.empty() ? "'" : ", '") + character + "'";
  }
  throw usage_error("the prompt has characters that the model has never seen: " + characters, "leave them out of the prompt");
}

/// One text on its way.
struct Draft {
  std::vector<TokenId> ids;  ///< what was drawn
  bool finished = false;

  void add(TokenId id, const Tokenizer& tokenizer, const std::vector<TokenId>& separator, std::int64_t limit) {
    if (finished) return;
    ids.push_back(id);
    if (tokenizer.end_of_text() == id) {
      ids.pop_back();
      finished = true;
    } else if (!separator.empty() && ids.size() >= separator.size() &&
               std::equal(separator.begin(), separator.end(), ids.end() - static_cast<std::ptrdiff_t>(separator.size()))) {
      ids.resize(ids.size() - separator.size());
      finished = true;
    }
    finished = finished || static_cast<std::int64_t>(ids.size()) >= limit;
  }
};

std::vector<double> row_of(const torch::Tensor& logits, std::int64_t row) {
  const auto* begin = logits[row].data_ptr<double>();
  return {begin, begin + logits.size(1)};
}

/// Draws samples first .. first + batch_size - 1 together; those past the last one are drawn too and dropped.
std::vector<Draft> draw_batch(Architecture& model, const Tokenizer& tokenizer, const std::vector<TokenId>& separator,
                              const std::vector<TokenId>& start, std::int64_t first, const SampleRequest& request,
                              const SamplingOptions& options) {
  std::vector<Draft> drafts(static_cast<std::size_t>(options.batch_size));
  auto state = guarded(options.part, "initial_state", [&] { return model.initial_state(options.batch_size); });
  const auto row = torch::tensor(std::vector<std::int64_t>(start.begin(), start.end()), torch::kLong);
  auto tokens = row.unsqueeze(0).expand({options.batch_size, row.size(0)}).contiguous().to(options.device);
  for (std::int64_t position = 0; position < request.new_tokens; ++position) {
    if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
    torch::Tensor logits;
    {
      const AutocastScope autocast(options.device, options.bf16);
      logits = guarded(options.part, "decode", [&] { return model.decode(tokens, *state); });
    }
    logits = logits.to(torch::kCPU, torch::kDouble).contiguous();
    auto next = torch::empty({options.batch_size, 1}, torch::kLong);
    bool all_finished = true;
    for (std::int64_t i = 0; i < options.batch_size; ++i) {
      const auto unit = random_unit(random_bits(request.seed, Purpose::sampling, first + i, position));
      const auto id = choose_token(row_of(logits, i), request.temperature, unit);
      next[i][0] = id;
      auto& draft = drafts[static_cast<std::size_t>(i)];
      draft.add(id, tokenizer, separator, request.new_tokens);
      all_finished = all_finished && (draft.finished || first + i >= request.count);
    }
    if (options.progress) options.progress(position + 1, request.new_tokens);
    if (all_finished) break;
    tokens = next.to(options.device);
  }
  return drafts;
}

}  // namespace

TokenId choose_token(const std::vector<double>& logits, double temperature, double unit) {
  const auto likeliest = std::max_element(logits.begin(), logits.end());
  if (temperature <= 0) return static_cast<TokenId>(likeliest - logits.begin());
  std::vector<double> cumulative(logits.size());
  double sum = 0;
  for (std::size_t i = 0; i < logits.size(); ++i) cumulative[i] = sum += std::exp((logits[i] - *likeliest) / temperature);
  const auto chosen = std::upper_bound(cumulative.begin(), cumulative.end(), unit * sum);
  return static_cast<TokenId>(std::min<std::ptrdiff_t>(chosen - cumulative.begin(), std::ssize(logits) - 1));
}

std::vector<std::string> generate(Architecture& model, const Tokenizer& tokenizer, const std::vector<TokenId>& separator,
                                  const SampleRequest& request, const SamplingOptions& options) {
  auto start = separator;
  const auto prompt = encode_prompt(tokenizer, request.prompt);
  start.insert(start.end(), prompt.begin(), prompt.end());
  if (start.empty()) throw Error("sampling has nothing to start from: no separator and no prompt", "give a prompt");
  if (static_cast<std::int64_t>(start.size()) > model.context_length())
    start.erase(start.begin(), start.end() - model.context_length());

  const torch::NoGradGuard no_grad;
  const bool was_training = model.is_training();
  model.eval();
  std::vector<std::string> texts;
  for (std::int64_t first = 0; first < request.count; first += options.batch_size) {
    const auto drafts = draw_batch(model, tokenizer, separator, start, first, request, options);
    for (std::int64_t i = 0; i < std::min(options.batch_size, request.count - first); ++i)
      texts.push_back(request.prompt + tokenizer.decode(drafts[static_cast<std::size_t>(i)].ids));
  }
  model.train(was_training);
  return texts;
}

}  // namespace etude
