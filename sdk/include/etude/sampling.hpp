// What is asked of a model that writes texts.
#pragma once

#include <compare>
#include <cstdint>
#include <string>

namespace etude {

/// The most texts, and the most new tokens a text, that can be asked for: their product, which is what work is counted in, fits
/// in 64 bits.
inline constexpr std::int64_t kMostSampled = 1'000'000'000;

/// Texts to draw from a model, and by which rules. A text starts from end-of-text (or the separator) and the prompt; it ends with
/// end-of-text, with the separator, or after new_tokens; neither of the two is part of it.
///
/// The next token is drawn from softmax(logits) after these changes, in this order:
/// 1. repetition penalty: of each id among the last `repetition_window` tokens, the prompt's and end-of-text at the start
/// included,
///    a positive logit is divided by the penalty and a negative one multiplied with it, once however often the id stands there
///    (Keskar et al., 2019);
/// 2. temperature: all logits are divided by it; 0 takes the likeliest token, and nothing of what follows matters;
/// 3. top-k: the k likeliest tokens stay;
/// 4. top-p: of these, in order of probability, so many as are needed for their sum to exceed p, the token that passes the
///    threshold included (Holtzman et al., 2020);
/// 5. min-p: those stay whose probability is at least min_p times the likeliest one's (Nguyen et al., 2024).
/// Of equally likely tokens the one with the lower id comes first.
struct SampleRequest {
  std::int64_t count = 0;                ///< texts, 1 to kMostSampled
  std::int64_t new_tokens = 0;           ///< at most, 1 to kMostSampled; the prompt not counted
  double temperature = 1.0;              ///< at least 0
  std::int64_t top_k = 0;                ///< 0: all tokens
  double top_p = 1.0;                    ///< above 0; 1: all tokens
  double min_p = 0.0;                    ///< 0 to 1; 0: all tokens
  double repetition_penalty = 1.0;       ///< above 0; 1: none
  std::int64_t repetition_window = 128;  ///< tokens, at least 1
  bool one_tune = false;   ///< ends before a line that begins with `X:`, the first one and the prompt's own excepted
  std::string prompt;      ///< what each text begins with; may be empty
  std::uint64_t seed = 0;  ///< equal seeds give equal texts on one machine and thread count

  auto operator<=>(const SampleRequest&) const = default;
};

}  // namespace etude
