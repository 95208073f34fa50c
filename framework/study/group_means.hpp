// What a group of runs is on average.
#pragma once

#include <array>
#include <study/grouped_comparison.hpp>

namespace etude {

/// A column of which groups show the mean.
struct AveragedColumn {
  const char* name;
  std::optional<double> ComparedRun::*value;
};

inline constexpr std::array averaged_columns = {
    AveragedColumn{"parameters", &ComparedRun::parameters},
    AveragedColumn{"tokens", &ComparedRun::tokens},
    AveragedColumn{"validation_loss", &ComparedRun::validation_loss},
    AveragedColumn{"bits_per_character", &ComparedRun::bits_per_character},
    AveragedColumn{"test_perplexity", &ComparedRun::test_perplexity},
    AveragedColumn{"tokens_per_second", &ComparedRun::tokens_per_second},
    AveragedColumn{"wall_seconds", &ComparedRun::wall_seconds},
};

/// Everything of a group but its difference to others. Of a loss that its runs did not measure on the same text there is no mean.
RunGroup averaged(const GroupedRuns& runs);

}  // namespace etude
