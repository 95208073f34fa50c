// Tiles of columns as tensors.
#include <etude/nn/columns.hpp>

#include "columns_kernel.hpp"

namespace etude::nn {

namespace {

TileShape shape_of(const Columns& columns) { return {columns.count}; }

Columns empty_columns(std::int64_t count, std::int64_t features) {
  return {torch::empty({TileShape{count}.tiles(), features, kTile}, torch::kFloat), count};
}

const float* floats(const torch::Tensor& tensor) {
  if (!tensor.defined()) return nullptr;
  TORCH_CHECK(tensor.is_cpu() && tensor.scalar_type() == torch::kFloat && tensor.is_contiguous(),
              "columns are computed with contiguous floats on the CPU");
  return tensor.const_data_ptr<float>();
}
float* floats(Columns& columns) { return columns.values.mutable_data_ptr<float>(); }

void apply_linear(Columns& y, const Columns& x, const torch::Tensor& weight, const torch::Tensor& bias, bool add) {
  TORCH_CHECK(weight.dim() == 2 && weight.size(1) == x.features() && y.count == x.count && y.features() == weight.size(0),
              "a weight of ", weight.sizes(), " does not lead from ", x.features(), " to ", y.features(), " features");
  TORCH_CHECK(!bias.defined() || bias.numel() == weight.size(0), "a bias of ", bias.numel(), " for ", weight.size(0), " outputs");
  linear_tiles(shape_of(x), weight.size(1), weight.size(0), floats(x.values), floats(weight), floats(bias), floats(y), add);
}

}  // namespace

bool decodes_in_columns(const torch::nn::Module& module) {
  for (const auto& parameter : module.parameters())
    if (!parameter.is_cpu() || parameter.scalar_type() != torch::kFloat || !parameter.is_contiguous()) return false;
  return true;
}

Columns to_columns(const torch::Tensor& rows) {
  const auto source = rows.contiguous();
  auto columns = empty_columns(source.size(0), source.size(1));
  rows_to_tiles(shape_of(columns), source.size(1), floats(source), floats(columns));
  return columns;
}

torch::Tensor to_rows(const Columns& columns) {
  const auto rows = torch::empty({columns.count, columns.features()}, torch::kFloat);
  tiles_to_rows(shape_of(columns), columns.features(), floats(columns.values), rows.mutable_data_ptr<float>());
  return rows;
}

Columns select_columns(const Columns& columns, const std::vector<std::int64_t>& which) {
  return to_columns(to_rows(columns).index_select(0, torch::tensor(which, torch::kLong)));
}

Columns linear(const Columns& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  auto y = empty_columns(x.count, weight.size(0));
  apply_linear(y, x, weight, bias, false);
  return y;
}

void add_linear(Columns& sum, const Columns& x, const torch::Tensor& weight, const torch::Tensor& bias) {
  apply_linear(sum, x, weight, bias, true);
}

Columns layer_norm(const Columns& x, const torch::nn::LayerNorm& norm) {
  auto y = empty_columns(x.count, x.features());
  normalize_tiles(shape_of(x), x.features(), norm->options.eps(), floats(x.values), floats(norm->weight), floats(norm->bias),
                  floats(y));
  return y;
}

void gelu(Columns& x) { gelu_tiles(shape_of(x).tiles(), x.features(), floats(x)); }

ColumnCache::ColumnCache(std::int64_t sequences, std::int64_t n_head, std::int64_t head_width, std::int64_t capacity)
    : n_head_(n_head),
      head_width_(head_width),
      capacity_(capacity),
      keys_(torch::empty({sequences, CacheShape{n_head, head_width, capacity}.row_size()}, torch::kFloat)),
      values_(torch::empty_like(keys_)) {}

Columns ColumnCache::attend(const Columns& qkv, const std::vector<std::int64_t>& sequences, std::int64_t seen) {
  const auto count = static_cast<std::int64_t>(sequences.size());
  TORCH_CHECK(count > 0 && qkv.count % count == 0 && qkv.features() == 3 * n_head_ * head_width_,
              "columns of queries, keys and values do not fit the cache");
  const std::int64_t fresh = qkv.count / count;
  TORCH_CHECK(seen + fresh <= capacity_, "the cache has room for ", capacity_, " positions, not for ", seen + fresh);
  for (const auto sequence : sequences)
    TORCH_CHECK(0 <= sequence && sequence < keys_.size(0), "there is no sequence ", sequence, " in the cache");
  auto output = empty_columns(qkv.count, n_head_ * head_width_);
  if (qkv.count % kTile != 0) output.values[output.values.size(0) - 1].zero_();
  attend_tiles({n_head_, head_width_, capacity_}, sequences.data(), count, seen, fresh, floats(qkv.values),
               keys_.mutable_data_ptr<float>(), values_.mutable_data_ptr<float>(), floats(output));
  return output;
}

void lstm_step(const Columns& gates, Columns& hidden, Columns& cell) {
  TORCH_CHECK(gates.features() == 4 * cell.features() && hidden.features() == cell.features() && gates.count == cell.count,
              "gates of ", gates.features(), " features for a state of ", cell.features());
  lstm_tiles(shape_of(gates).tiles(), cell.features(), floats(gates.values), floats(hidden), floats(cell));
}

}  // namespace etude::nn
