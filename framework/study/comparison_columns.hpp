// The columns of a comparison, named once.
#pragma once

#include <array>
#include <study/comparison.hpp>

namespace etude {

struct ComparedColumn {
  const char* name;
  std::optional<double> ComparedRun::*value;
};

/// In the order of CSV and JSON.
inline constexpr std::array compared_columns = {
    ComparedColumn{"parameters", &ComparedRun::parameters},
    ComparedColumn{"tokens", &ComparedRun::tokens},
    ComparedColumn{"validation_loss", &ComparedRun::validation_loss},
    ComparedColumn{"validation_loss_low", &ComparedRun::validation_loss_low},
    ComparedColumn{"validation_loss_high", &ComparedRun::validation_loss_high},
    ComparedColumn{"bits_per_character", &ComparedRun::bits_per_character},
    ComparedColumn{"test_perplexity", &ComparedRun::test_perplexity},
    ComparedColumn{"test_perplexity_low", &ComparedRun::test_perplexity_low},
    ComparedColumn{"test_perplexity_high", &ComparedRun::test_perplexity_high},
    ComparedColumn{"tokens_per_second", &ComparedRun::tokens_per_second},
    ComparedColumn{"peak_memory", &ComparedRun::peak_memory},
    ComparedColumn{"wall_seconds", &ComparedRun::wall_seconds},
    ComparedColumn{"training_tokens", &ComparedRun::training_tokens},
    ComparedColumn{"unique_training_tokens", &ComparedRun::unique_training_tokens},
    ComparedColumn{"tokens_per_character", &ComparedRun::tokens_per_character},
    ComparedColumn{"unknown_share", &ComparedRun::unknown_share},
    ComparedColumn{"validation_leakage", &ComparedRun::validation_leakage},
    ComparedColumn{"test_leakage", &ComparedRun::test_leakage},
};

/// A column in which the lowest value wins, among runs that agree in `key`.
struct CompetingColumn {
  const char* name;
  std::optional<double> ComparedRun::*value;
  std::string ComparedRun::*key;
  bool ComparedRun::*
      lossy;  ///< null: all runs on the same tokens are equally hurt by characters that the tokenizer does not know
};

inline constexpr std::array competing_columns = {
    CompetingColumn{"validation_loss", &ComparedRun::validation_loss, &ComparedRun::same_tokens, nullptr},
    CompetingColumn{"bits_per_character", &ComparedRun::bits_per_character, &ComparedRun::same_text, &ComparedRun::lossy},
    CompetingColumn{"test_perplexity", &ComparedRun::test_perplexity, &ComparedRun::same_tokens, &ComparedRun::perplexity_lossy},
};

}  // namespace etude
