// Causal attention: which way to compute it, its gradient, and the module around it.
#include <etude/error.hpp>
#include <etude/nn/attention.hpp>

#include "attention_kernel.hpp"
#include "seeded_generator.hpp"

namespace etude::nn {

namespace {

using torch::autograd::AutogradContext;
using torch::autograd::variable_list;

AttentionShape shape_of(const torch::Tensor& qkv, std::int64_t n_head) {
  return {qkv.size(0), qkv.size(1), n_head, qkv.size(2) / 3 / n_head};
}

/// The kernels of attention_kernel.hpp with their gradient.
struct FusedAttention : torch::autograd::Function<FusedAttention> {
  static torch::Tensor forward(AutogradContext* context, const torch::Tensor& input, std::int64_t n_head, std::int64_t key,
                               std::int64_t first_row, double dropout) {
    const auto qkv = input.contiguous();
    const auto shape = shape_of(qkv, n_head);
    const auto output = torch::empty({shape.batch, shape.time, shape.width()}, qkv.options());
    const auto log_sum_exp = torch::empty({shape.batch, n_head, shape.time}, qkv.options());
    const DropoutMask mask(static_cast<std::uint64_t>(key), first_row, dropout);
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "causal_attention", [&] {
      attention_forward<scalar_t>(shape, mask, qkv.const_data_ptr<scalar_t>(), output.mutable_data_ptr<scalar_t>(),
                                  log_sum_exp.mutable_data_ptr<scalar_t>());
    });
    context->save_for_backward({qkv, output, log_sum_exp});
    context->saved_data["n_head"] = n_head;
    context->saved_data["key"] = key;
    context->saved_data["first_row"] = first_row;
    context->saved_data["dropout"] = dropout;
    return output;
  }

  static variable_list backward(AutogradContext* context, variable_list gradients) {
    const auto saved = context->get_saved_variables();
    const auto &qkv = saved[0], &output = saved[1], &log_sum_exp = saved[2];
    const auto gradient = gradients[0].contiguous();
    const auto d_qkv = torch::empty_like(qkv);
    const DropoutMask mask(static_cast<std::uint64_t>(context->saved_data["key"].toInt()),
                           context->saved_data["first_row"].toInt(), context->saved_data["dropout"].toDouble());
    AT_DISPATCH_FLOATING_TYPES(qkv.scalar_type(), "causal_attention", [&] {
      attention_backward<scalar_t>(shape_of(qkv, context->saved_data["n_head"].toInt()), mask, qkv.const_data_ptr<scalar_t>(),
                                   output.const_data_ptr<scalar_t>(), log_sum_exp.const_data_ptr<scalar_t>(),
                                   gradient.const_data_ptr<scalar_t>(), d_qkv.mutable_data_ptr<scalar_t>());
    });
    return {d_qkv, {}, {}, {}, {}};
  }
};

/// [batch, time, width] -> [batch, n_head, time, head width], without a copy.
torch::Tensor heads(const torch::Tensor& x, std::int64_t n_head) {
  return x.view({x.size(0), x.size(1), n_head, x.size(2) / n_head}).transpose(1, 2);
}
torch::Tensor joined(const torch::Tensor& y) { return y.transpose(1, 2).reshape({y.size(0), y.size(2), y.size(1) * y.size(3)}); }

/// Attention from ATen's parts with nn::Dropout's masks: for a LibTorch whose BLAS is hidden.
torch::Tensor composed_attention(const torch::Tensor& qkv, std::int64_t n_head, double dropout, DropoutSource* source) {
  const auto parts = qkv.chunk(3, 2);
  const auto q = heads(parts[0], n_head), k = heads(parts[1], n_head), v = heads(parts[2], n_head);
  if (dropout == 0) return joined(torch::scaled_dot_product_attention(q, k, v, {}, 0, /*is_causal=*/true));
  const auto hidden = torch::ones({q.size(2), q.size(2)}, qkv.options().dtype(torch::kBool)).triu(1);
  const auto scores = torch::matmul(q, k.transpose(2, 3)) / std::sqrt(static_cast<double>(q.size(3)));
  const auto weights = torch::softmax(scores.masked_fill(hidden, -std::numeric_limits<double>::infinity()), -1);
  // A layer made on the spot: it has no parameters, and its mask comes from the source alone.
  Dropout layer(dropout, std::shared_ptr<DropoutSource>(source, [](DropoutSource*) {}));
  return joined(torch::matmul(layer(weights), v));
}

}  // namespace

torch::Tensor causal_attention(const torch::Tensor& qkv, std::int64_t n_head, double dropout, DropoutSource* source) {
  TORCH_CHECK(qkv.dim() == 3 && qkv.size(2) % (3 * n_head) == 0,
              "queries, keys and values must be [batch, time, 3 * width], and ", n_head, " heads divide width; they are ",
              qkv.sizes());
  TORCH_CHECK(dropout == 0 || source, "dropout needs a source");
  if (!qkv.is_cpu()) {
    if (dropout > 0) seed_generator(qkv.device(), source->next_call(), source->first_row());
    const auto parts = qkv.chunk(3, 2);
    return joined(torch::scaled_dot_product_attention(heads(parts[0], n_head), heads(parts[1], n_head), heads(parts[2], n_head),
                                                      {}, dropout,
                                                      /*is_causal=*/true));
  }
  if (!has_attention_kernel()) return composed_attention(qkv, n_head, dropout, source);
  if (qkv.scalar_type() != torch::kFloat && qkv.scalar_type() != torch::kDouble)
    return causal_attention(qkv.to(torch::kFloat), n_head, dropout, source).to(qkv.scalar_type());
  const std::int64_t key = dropout > 0 ? static_cast<std::int64_t>(source->next_call()) : 0;
  return FusedAttention::apply(qkv, n_head, key, dropout > 0 ? source->first_row() : 0, dropout);
}

CausalSelfAttentionImpl::CausalSelfAttentionImpl(const CausalSelfAttentionOptions& options, std::shared_ptr<DropoutSource> source)
    : options_(options), source_(std::move(source)) {
  if (options.n_head < 1 || options.n_embd % options.n_head != 0)
    throw usage_error(text("n_embd = ", options.n_embd, " cannot be divided among n_head = ", options.n_head, " attention heads"),
                      "choose n_embd as a multiple of n_head");
  const auto linear = [&](std::int64_t out) {
    return torch::nn::Linear(torch::nn::LinearOptions(options.n_embd, out).bias(options.bias));
  };
  c_attn = register_module("c_attn", linear(3 * options.n_embd));
  c_proj = register_module("c_proj", linear(options.n_embd));
}

torch::Tensor CausalSelfAttentionImpl::forward(const torch::Tensor& x) {
  return c_proj(causal_attention(c_attn(x), options_.n_head, is_training() ? options_.dropout : 0.0, source_.get()));
}

torch::Tensor CausalSelfAttentionImpl::decode(const torch::Tensor& x, KeyValueCache& cache, std::int64_t capacity) {
  const torch::NoGradGuard no_grad;
  const auto parts = c_attn(x).chunk(3, 2);
  const auto q = heads(parts[0], options_.n_head), k = heads(parts[1], options_.n_head), v = heads(parts[2], options_.n_head);
  if (cache.length == 0 && !cache.keys.defined()) {
    cache.keys = torch::empty({q.size(0), q.size(1), capacity, q.size(3)}, k.options());
    cache.values = torch::empty_like(cache.keys);
  }
  const std::int64_t seen = cache.length, fresh = x.size(1), length = seen + fresh;
  TORCH_CHECK(length <= cache.keys.size(2), "the cache has room for ", cache.keys.size(2), " positions, not for ", length);
  cache.keys.slice(2, seen, length).copy_(k);
  cache.values.slice(2, seen, length).copy_(v);
  cache.length = length;
  const auto keys = cache.keys.slice(2, 0, length), values = cache.values.slice(2, 0, length);
  torch::Tensor y;
  if (seen == 0) {
    y = torch::scaled_dot_product_attention(q, keys, values, {}, 0, /*is_causal=*/true);
  } else if (fresh == 1) {
    y = torch::scaled_dot_product_attention(q, keys, values);
  } else {
    const auto visible = torch::ones({fresh, length}, q.options().dtype(torch::kBool)).tril(seen);
    y = torch::scaled_dot_product_attention(q, keys, values, visible);
  }
  return c_proj(joined(y));
}

}  // namespace etude::nn
