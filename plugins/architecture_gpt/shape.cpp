// Which GPT to take for a number of parameters.
#include <algorithm>
#include <cmath>
#include <etude/error.hpp>

#include "gpt.hpp"

namespace etude::gpt {
namespace {

/// As parameter_counts() would count them.
double parameters_of(const GptOptions& options, const ModelContext& context) {
  const auto layers = static_cast<double>(options.n_layer), width = static_cast<double>(options.n_embd);
  const double block = 12 * width * width + (options.bias ? 9 : 0) * width + 4 * width;  // linear layers, two normalizations
  const double tables = static_cast<double>(context.vocab_size * (options.tied ? 1 : 2) + context.context_length) * width;
  return tables + layers * block + 2 * width;
}

/// Heads grow with the width, from 16 to 128, as they do in published families.
std::int64_t usual_head(std::int64_t width) { return width < 128 ? 16 : width < 384 ? 32 : width < 2048 ? 64 : 128; }

/// Widths from 8 on, in steps of a head; of less where that is much of the width.
std::int64_t next_width(std::int64_t width, std::int64_t fine) { return width + (width < 128 ? fine : usual_head(width)); }

/// So many that their size is even, divides the width, and is as near to the usual one as that allows.
std::int64_t heads(std::int64_t width) {
  const auto distance = [width](std::int64_t count) {
    return std::abs(std::log(static_cast<double>(width) / static_cast<double>(count * usual_head(width))));
  };
  std::int64_t best = 1;
  for (std::int64_t count = 2; count <= std::min<std::int64_t>(width, 512); ++count)
    if (width % (2 * count) == 0 && distance(count) < distance(best)) best = count;
  return best;
}

/// Depth for a width: from 2 x 32 through 4 x 128, 8 x 256 and 16 x 768 to GPT-3's 96 x 12,288 (Brown et al., 2020) it grows as
/// width^0.65.
double usual_depth(std::int64_t width) { return 2 * std::pow(static_cast<double>(width) / 32, 0.65); }

struct Candidate {
  GptOptions shape;
  double size;
};

/// All shapes from half to twice the usual depth, up to widths of which even the shallowest has more than `parameters`.
/// @param fine  step of widths below 128
std::vector<Candidate> sensible_shapes(const GptOptions& wanted, const ModelContext& context, double parameters,
                                       std::int64_t fine) {
  std::vector<Candidate> candidates;
  GptOptions shape = wanted;
  for (shape.n_embd = 8; shape.n_embd <= 65536; shape.n_embd = next_width(shape.n_embd, fine)) {
    shape.n_head = heads(shape.n_embd);
    const double usual = usual_depth(shape.n_embd);
    const auto least = std::max<std::int64_t>(1, std::llround(usual / 2)),
               most = std::min<std::int64_t>(512, std::llround(2 * usual));
    for (shape.n_layer = least; shape.n_layer <= most; ++shape.n_layer)
      candidates.push_back({shape, parameters_of(shape, context)});
    shape.n_layer = least;
    if (parameters_of(shape, context) > parameters) break;
  }
  return candidates;
}

/// How far a shape is from what is asked for and from what is usual, in logarithms. Loss depends little on the proportions within
/// a factor of two (Kaplan et al., 2020, figure 5), so the size counts more.
double distance(const Candidate& candidate, double parameters) {
  const double depth = static_cast<double>(candidate.shape.n_layer) / usual_depth(candidate.shape.n_embd);
  return std::abs(std::log(candidate.size / parameters)) + 0.2 * std::abs(std::log(depth));
}

Error unreachable(const std::vector<Candidate>& candidates, const ModelContext& context, double parameters) {
  std::string nearest;
  for (const bool below : {true, false}) {
    const Candidate* best = nullptr;
    for (const Candidate& candidate : candidates)
      if ((candidate.size < parameters) == below &&
          (!best || std::abs(candidate.size - parameters) < std::abs(best->size - parameters)))
        best = &candidate;
    if (best)
      nearest += text(nearest.empty() ? "" : "; ", static_cast<std::int64_t>(best->size), " (n_layer ", best->shape.n_layer,
                      ", n_head ", best->shape.n_head, ", n_embd ", best->shape.n_embd, ")");
  }
  return usage_error(text("no GPT of sensible proportions has about ", static_cast<std::int64_t>(parameters),
                          " parameters with a vocabulary of ", context.vocab_size, " and a context of ", context.context_length),
                     "sizes near it: " + nearest);
}

}  // namespace

GptOptions Gpt::sized(const GptOptions& wanted, const ModelContext& context, double parameters) {
  std::vector<Candidate> candidates;
  for (const std::int64_t fine : {8, 2}) {  // multiples of 8 are fast; tiny models need what lies between
    candidates = sensible_shapes(wanted, context, parameters, fine);
    const Candidate* best = nullptr;
    for (const Candidate& candidate : candidates)
      if (std::abs(candidate.size / parameters - 1) <= 0.1 &&
          (!best || distance(candidate, parameters) < distance(*best, parameters)))
        best = &candidate;
    if (best) return best->shape;
  }
  throw unreachable(candidates, context, parameters);
}

}  // namespace etude::gpt
