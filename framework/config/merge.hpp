// How later values are laid over earlier ones.
#pragma once

#include <etude/value.hpp>

namespace etude {

/// Adds the entry at the end, or replaces key, value and origins of the one with the same key.
void set_entry(Table& table, Entry entry);

/// Lays `above` over `below`: key by key, the later value wins and brings its origin. Arrays are replaced. A table that names
/// another plugin than the one below it replaces that table whole: the options of one plugin mean nothing to another.
void merge(Table& below, const Table& above);

/// Writes `training.seed = n`, which sets all three seeds, as training.seeds, so that it merges as such. What the same layer says
/// in training.seeds itself stands. A seed that is no integer is left for the check of the options to find.
void expand_seed(Table& layer);

}  // namespace etude
