#include <algorithm>
#include <base/interrupt.hpp>
#include <etude/error.hpp>
#include <evaluate/autocast.hpp>
#include <evaluate/split_loss.hpp>
#include <host/guard.hpp>
#include <vector>

namespace etude {
namespace {

/// Predicted tokens [begin, end) of a split; token begin - 1 is the first input.
struct Window {
  std::int64_t begin, end;
  std::int64_t length() const { return end - begin; }
};

std::vector<Window> windows_of(const WindowPlan& plan, std::int64_t tokens) {
  std::vector<Window> all;
  const auto length = plan.context_length;
  if (plan.stride == 0) {
    for (std::int64_t begin = 0; begin < tokens; begin += length) all.push_back({begin, std::min(begin + length, tokens)});
  } else {
    for (std::int64_t begin = 1; begin + length <= tokens; begin += plan.stride) {
      all.push_back({begin, begin + length});
      if (static_cast<std::int64_t>(all.size()) == plan.windows) return all;
    }
  }
  const auto count = static_cast<std::int64_t>(all.size());
  if (plan.windows == 0 || plan.windows >= count || plan.stride != 0) return all;
  std::vector<Window> chosen;
  for (std::int64_t i = 0; i < plan.windows; ++i) chosen.push_back(all[static_cast<std::size_t>(i * count / plan.windows)]);
  return chosen;
}

/// Adds up losses by window and by document.
class Tally {
 public:
  Tally(const Corpus& corpus, const PackedSplit& split, bool covers_split)
      : corpus_(corpus), split_(split), covers_split_(covers_split) {
    loss_.document_nats.resize(split.documents.size());
    loss_.document_tokens.resize(split.documents.size());
    for (const auto& document : split.documents) loss_.document_characters.push_back(document.characters);
  }

  /// @param targets  the window's predicted tokens
  /// @param nats     their losses
  void add(const Window& window, const std::int64_t* targets, const double* nats) {
    auto document = document_at(window.begin);
    loss_.window_document.push_back(static_cast<std::int64_t>(document));
    std::vector<TokenId> in_text;
    double sum = 0;
    for (std::int64_t i = 0; i < window.length(); ++i) {
      const auto position = window.begin + i;
      while (position >= end_of(document)) ++document;
      sum += nats[i];
      loss_.document_nats[document] += nats[i];
      loss_.document_tokens[document] += 1;
      if (position < end_of(document) - separator_tokens()) in_text.push_back(static_cast<TokenId>(targets[i]));
    }
    loss_.window_nats.push_back(sum);
    loss_.window_tokens.push_back(window.length());
    loss_.window_characters.push_back(characters(in_text));
    loss_.nats += sum;
    loss_.tokens += window.length();
  }

  SplitLoss result() {
    loss_.characters = split_.characters;
    loss_.unknown = split_.unknown;
    if (!covers_split_) {
      loss_.characters = 0;
      for (const auto count : loss_.window_characters) loss_.characters += count;
    }
    return std::move(loss_);
  }

 private:
  std::int64_t end_of(std::size_t document) const {
    return split_.documents[document].first_token + split_.documents[document].tokens;
  }
  std::int64_t separator_tokens() const { return static_cast<std::int64_t>(corpus_.separator.size()); }

  std::size_t document_at(std::int64_t position) const {
    const auto after =
        std::upper_bound(split_.documents.begin(), split_.documents.end(), position,
                         [](std::int64_t at, const PackedDocument& document) { return at < document.first_token; });
    return static_cast<std::size_t>(after - split_.documents.begin()) - 1;
  }

  /// Code points: bytes that do not continue one, so that a character cut by the window's edge counts once.
  std::int64_t characters(const std::vector<TokenId>& ids) const {
    const auto decoded = corpus_.tokenizer->decode(ids);
    return std::count_if(decoded.begin(), decoded.end(), [](char byte) { return (byte & 0xC0) != 0x80; });
  }

  const Corpus& corpus_;
  const PackedSplit& split_;
  bool covers_split_;
  SplitLoss loss_;
};

/// Inputs and targets of windows of equal length: int64 [windows, length + 1].
torch::Tensor read_windows(const Corpus& corpus, const PackedSplit& split, std::span<const Window> windows) {
  const auto length = windows.front().length();
  auto rows = torch::empty({static_cast<std::int64_t>(windows.size()), length + 1}, torch::kLong);
  auto* out = rows.data_ptr<std::int64_t>();
  for (const auto& window : windows) {
    const auto from = std::max<std::int64_t>(window.begin - 1, 0);
    auto* at = out;
    if (window.begin == 0) *at++ = corpus.separator.empty() ? 0 : corpus.separator.back();
    split.tokens.copy(from, {at, static_cast<std::size_t>(window.end - from)});
    out += length + 1;
  }
  return rows;
}

}  // namespace

torch::Tensor token_losses(Architecture& model, const torch::Tensor& rows, const EvaluationOptions& options) {
  const auto on_device = rows.to(options.device);
  const auto inputs = on_device.slice(1, 0, rows.size(1) - 1).contiguous();
  const auto targets = on_device.slice(1, 1);
  const AutocastScope autocast(options.device, options.bf16);
  const auto logits = guarded(options.part, "forward", [&] { return model.forward(inputs); });
  const auto flat = logits.flatten(0, 1);
  const auto wide = flat.scalar_type() == torch::kDouble ? flat : flat.to(torch::kFloat);
  return torch::cross_entropy_loss(wide, targets.flatten(), {}, at::Reduction::None)
      .view_as(targets)
      .to(torch::kCPU, torch::kDouble)
      .contiguous();
}

std::int64_t window_count(const WindowPlan& plan, std::int64_t tokens) {
  return static_cast<std::int64_t>(windows_of(plan, tokens).size());
}

SplitLoss measure_loss(Architecture& model, const Corpus& corpus, Split which, const EvaluationOptions& options) {
  const auto& split = corpus.split(which);
  const auto windows = windows_of(options.plan, split.tokens.size());
  if (windows.empty())
    throw Error(text("the ", name(which), " split has no window of ", options.plan.context_length, " tokens (it has ",
                     split.tokens.size(), " tokens)"),
                text("give it more documents: raise split.", name(which), ", or lower training.context_length"));

  const torch::NoGradGuard no_grad;
  const bool was_training = model.is_training();
  model.eval();
  Tally tally(corpus, split, options.plan.covers_split());
  std::size_t done = 0;
  while (done < windows.size()) {
    if (interrupted()) throw Error("interrupted", "", Fault::interrupted);
    auto end = done;
    while (end < windows.size() && end - done < static_cast<std::size_t>(options.batch_size) &&
           windows[end].length() == windows[done].length())
      ++end;
    const std::span batch(windows.data() + done, end - done);
    const auto rows = read_windows(corpus, split, batch);
    const auto losses = token_losses(model, rows, options);
    for (std::size_t i = 0; i < batch.size(); ++i) {
      const auto row = static_cast<std::int64_t>(i);
      tally.add(batch[i], rows[row].data_ptr<std::int64_t>() + 1, losses[row].data_ptr<double>());
    }
    done = end;
    if (options.progress) options.progress(static_cast<double>(done) / static_cast<double>(windows.size()));
  }
  model.train(was_training);
  return tally.result();
}

}  // namespace etude
