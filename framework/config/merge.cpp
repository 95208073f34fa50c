#include <algorithm>
#include <config/merge.hpp>

namespace etude {
namespace {

bool names_another_plugin(const Table& below, const Table& above) {
  const Value* old_plugin = below.find("plugin");
  const Value* new_plugin = above.find("plugin");
  return old_plugin && new_plugin && !(*old_plugin == *new_plugin);
}

}  // namespace

void set_entry(Table& table, Entry entry) {
  const auto same = std::find_if(table.begin(), table.end(), [&](const Entry& other) { return other.key == entry.key; });
  if (same != table.end()) {
    *same = std::move(entry);
    return;
  }
  const Origin key_origin = entry.key_origin;
  table.set(std::move(entry.key), std::move(entry.value));
  (table.end() - 1)->key_origin = key_origin;
}

void merge(Table& below, const Table& above) {
  if (names_another_plugin(below, above)) {
    below = above;
    return;
  }
  for (const Entry& entry : above) {
    Value* present = below.find(entry.key);
    Table* table = present ? present->get_if<Table>() : nullptr;
    const Table* upper = entry.value.get_if<Table>();
    if (table && upper) {
      merge(*table, *upper);
      present->set_origin(entry.value.origin());
    } else {
      set_entry(below, entry);
    }
  }
}

void expand_seed(Table& layer) {
  Value* section = layer.find("training");
  Table* training = section ? section->get_if<Table>() : nullptr;
  const Value* seed = training ? training->find("seed") : nullptr;
  if (!seed || !seed->get_if<std::int64_t>()) return;
  Table seeds;
  for (const char* purpose : {"initialisation", "data", "dropout"}) set_entry(seeds, {purpose, *seed, seed->origin()});
  Table expanded;
  set_entry(expanded, {"seeds", Value(std::move(seeds), seed->origin()), seed->origin()});
  training->erase("seed");
  merge(expanded, *training);
  *training = std::move(expanded);
}

}  // namespace etude
