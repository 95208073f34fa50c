// The columns of /train and /validation, named once: journal, run.h5 and their readers follow this list.
#pragma once

#include <array>
#include <record/run_record.hpp>
#include <variant>

namespace etude {

template <class Row>
struct Column {
  const char* name;
  std::variant<std::int64_t Row::*, double Row::*> member;
};

inline constexpr std::array train_columns = {
    Column<TrainRow>{"step", &TrainRow::step},
    Column<TrainRow>{"tokens", &TrainRow::tokens},
    Column<TrainRow>{"loss", &TrainRow::loss},
    Column<TrainRow>{"learning_rate", &TrainRow::learning_rate},
    Column<TrainRow>{"grad_norm", &TrainRow::grad_norm},
    Column<TrainRow>{"seconds", &TrainRow::seconds},
    Column<TrainRow>{"tokens_per_second", &TrainRow::tokens_per_second},
    Column<TrainRow>{"peak_memory", &TrainRow::peak_memory},
};

inline constexpr std::array validation_columns = {
    Column<ValidationRow>{"step", &ValidationRow::step},
    Column<ValidationRow>{"tokens", &ValidationRow::tokens},
    Column<ValidationRow>{"loss", &ValidationRow::loss},
    Column<ValidationRow>{"low", &ValidationRow::low},
    Column<ValidationRow>{"high", &ValidationRow::high},
    Column<ValidationRow>{"bits_per_character", &ValidationRow::bits_per_character},
    Column<ValidationRow>{"seconds", &ValidationRow::seconds},
};

}  // namespace etude
