// What both metrics have to set. Metrics that are set alike judge the same texts.
#pragma once

#include <etude/music/abc.hpp>
#include <etude/options.hpp>
#include <etude/sampling.hpp>

namespace metric_music {

/// Above 0 and at most 1.
inline etude::Constraint a_share() {
  etude::Constraint share = etude::between(0.001, 1);
  share.text = "above 0 and at most 1";
  share.holds = [](const etude::Value& value) {
    const auto* whole = value.get_if<std::int64_t>();
    const auto* number = value.get_if<double>();
    return whole ? *whole == 1 : number && *number > 0 && *number <= 1;
  };
  return share;
}

/// How the next token is drawn. Nothing but temperature 1 by default: the model's own distribution.
struct SamplingOptions {
  double temperature = 1.0;
  std::int64_t top_k = 0;
  double top_p = 1.0;
  double min_p = 0.0;
  double repetition_penalty = 1.0;
  std::int64_t repetition_window = 128;

  static auto fields() {
    using S = SamplingOptions;
    using namespace etude;
    return etude::fields(
        field(&S::temperature, "temperature", "Logits are divided by it; 0 takes the likeliest token", at_least(0)),
        field(&S::top_k, "top_k", "Only the k likeliest tokens are drawn; 0: all", at_least(0)),
        field(&S::top_p, "top_p", "Only the likeliest tokens that together have this probability are drawn; 1: all", a_share()),
        field(&S::min_p, "min_p", "Only tokens with at least this share of the likeliest one's probability are drawn",
              between(0, 1)),
        field(&S::repetition_penalty, "repetition_penalty",
              "Logits of recent tokens are divided by it where positive, else multiplied; 1: nothing", above(0)),
        field(&S::repetition_window, "repetition_window", "How many recent tokens that concerns", at_least(1)));
  }
};

struct MusicOptions {
  std::int64_t samples = 500;
  std::int64_t tokens = 256;
  std::int64_t seed = 1;
  SamplingOptions sampling;
  std::string reading = "music21";

  static auto fields() {
    using M = MusicOptions;
    using namespace etude;
    return etude::fields(
        field(&M::samples, "samples", "Texts that are drawn and judged", between(1, kMostSampled)),
        field(&M::tokens, "tokens", "New tokens a text at most", between(1, kMostSampled)),
        field(&M::seed, "seed", "Of the texts' random streams", at_least(0)),
        field(&M::sampling, "sampling", "How the next token is drawn"),
        field(&M::reading, "reading", "Whose ABC: music21 9.9.1 as it is, or the standard 2.1", one_of({"music21", "strict"})));
  }

  etude::SampleRequest request() const {
    etude::SampleRequest request;
    request.count = samples;
    request.new_tokens = tokens;
    request.seed = static_cast<std::uint64_t>(seed);
    request.temperature = sampling.temperature;
    request.top_k = sampling.top_k;
    request.top_p = sampling.top_p;
    request.min_p = sampling.min_p;
    request.repetition_penalty = sampling.repetition_penalty;
    request.repetition_window = sampling.repetition_window;
    return request;
  }

  etude::music::Reading abc() const {
    return reading == "strict" ? etude::music::Reading::strict : etude::music::Reading::music21;
  }
};

}  // namespace metric_music
