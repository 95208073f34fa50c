// Causal attention on the CPU: for each head, blocks of queries against the keys before them, with the scores in the cache.
//
// The backward pass computes scores and masks again from the logarithm of each softmax's denominator, as FlashAttention does
// (Dao et al., 2022): less memory, and no slower, since the scores would have to be written and read otherwise.
#include "attention_kernel.hpp"

#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <vector>

#include "vectorized.hpp"

// The BLAS that LibTorch itself computes with. Weak: a LibTorch that hides it gets ATen's attention instead.
extern "C" {
__attribute__((weak)) void sgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
                                  const float* alpha, const float* a, const int* lda, const float* b, const int* ldb,
                                  const float* beta, float* c, const int* ldc);
__attribute__((weak)) void dgemm_(const char* transa, const char* transb, const int* m, const int* n, const int* k,
                                  const double* alpha, const double* a, const int* lda, const double* b, const int* ldb,
                                  const double* beta, double* c, const int* ldc);
}

namespace etude::nn {

namespace {

/// Queries that share one product with the keys: more would compute more of the half that the mask hides.
constexpr std::int64_t kBlock = 64;

void gemm(char transa, char transb, int m, int n, int k, float alpha, const float* a, int lda, const float* b, int ldb,
          float beta, float* c, int ldc) {
  sgemm_(&transa, &transb, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc);
}
void gemm(char transa, char transb, int m, int n, int k, double alpha, const double* a, int lda, const double* b, int ldb,
          double beta, double* c, int ldc) {
  dgemm_(&transa, &transb, &m, &n, &k, &alpha, a, &lda, b, &ldb, &beta, c, &ldc);
}

/// A row-major matrix inside a larger one.
template <class T>
struct Matrix {
  T* data;
  std::int64_t stride;  ///< elements from one row to the next
  T* row(std::int64_t i) const { return data + i * stride; }
};

/// c[rows, columns] = alpha * a[rows, inner] * b[inner, columns] + beta * c
template <class T>
void multiply(std::int64_t rows, std::int64_t columns, std::int64_t inner, T alpha, Matrix<const T> a, Matrix<const T> b, T beta,
              Matrix<T> c) {
  gemm('N', 'N', int(columns), int(rows), int(inner), alpha, b.data, int(b.stride), a.data, int(a.stride), beta, c.data,
       int(c.stride));
}
/// c[rows, columns] = alpha * a[rows, inner] * b[columns, inner]^T
template <class T>
void multiply_by_transposed(std::int64_t rows, std::int64_t columns, std::int64_t inner, T alpha, Matrix<const T> a,
                            Matrix<const T> b, Matrix<T> c) {
  gemm('T', 'N', int(columns), int(rows), int(inner), alpha, b.data, int(b.stride), a.data, int(a.stride), T(0), c.data,
       int(c.stride));
}
/// c[rows, columns] = alpha * a[inner, rows]^T * b[inner, columns] + beta * c
template <class T>
void multiply_transposed(std::int64_t rows, std::int64_t columns, std::int64_t inner, T alpha, Matrix<const T> a,
                         Matrix<const T> b, T beta, Matrix<T> c) {
  gemm('N', 'T', int(columns), int(rows), int(inner), alpha, b.data, int(b.stride), a.data, int(a.stride), beta, c.data,
       int(c.stride));
}

/// Where one head's matrices are.
template <class T>
struct Head {
  std::int64_t time, width;
  std::uint64_t key;  ///< of its masks
  Matrix<const T> q, k, v;
  T scale;

  Head(const AttentionShape& shape, const DropoutMask& mask, const T* qkv, std::int64_t item)
      : time(shape.time), width(shape.head_width), scale(static_cast<T>(1 / std::sqrt(static_cast<double>(shape.head_width)))) {
    const std::int64_t row = item / shape.n_head, head = item % shape.n_head, stride = 3 * shape.width();
    key = mix_bits(mask.key ^ mix_bits(static_cast<std::uint64_t>(mask.first_row + row))) + static_cast<std::uint64_t>(head);
    const T* start = qkv + row * shape.time * stride + head * shape.head_width;
    q = {start, stride};
    k = {start + shape.width(), stride};
    v = {start + 2 * shape.width(), stride};
  }

  std::uint64_t query_key(std::int64_t query) const { return mix_bits(mix_bits(key) ^ static_cast<std::uint64_t>(query)); }
};

/// scores[0..valid) -> exp(scores - maximum), masked; what follows up to `columns` becomes zero. Returns the sum of the unmasked
/// exponentials and, in `maximum`, what was subtracted.
template <class T>
T softmax_row(T* scores, std::int64_t valid, std::int64_t columns, const DropoutMask& mask, std::uint64_t key, T& maximum) {
  T top = -std::numeric_limits<T>::infinity(), sum = 0;
  const auto low = static_cast<std::uint32_t>(key), high = static_cast<std::uint32_t>(key >> 32);
  const std::uint32_t threshold = mask.threshold;
  vectorized([&, low, high, threshold]() ETUDE_INLINE {
    T m = -std::numeric_limits<T>::infinity(), s = 0;
#pragma omp simd reduction(max : m)
    for (std::int64_t j = 0; j < valid; ++j) m = scores[j] > m ? scores[j] : m;
    if (threshold == 0) {
#pragma omp simd reduction(+ : s)
      for (std::int64_t j = 0; j < valid; ++j) s += scores[j] = exponential(scores[j] - m);
    } else {
#pragma omp simd reduction(+ : s)
      for (std::int64_t j = 0; j < valid; ++j) {
        const T e = exponential(scores[j] - m);
        s += e;
        scores[j] = element_bits(low, high, static_cast<std::uint32_t>(j)) < threshold ? T(0) : e;
      }
    }
    top = m;
    sum = s;
  });
  std::fill(scores + valid, scores + columns, T(0));
  maximum = top;
  return sum;
}

template <class T>
void forward_head(const Head<T>& head, const DropoutMask& mask, Matrix<T> output, T* log_sum_exp, Matrix<T> scores) {
  for (std::int64_t begin = 0; begin < head.time; begin += kBlock) {
    const std::int64_t end = std::min(begin + kBlock, head.time), rows = end - begin;
    const Matrix<const T> queries{head.q.row(begin), head.q.stride};
    multiply_by_transposed(rows, end, head.width, head.scale, queries, head.k, scores);
    T factors[kBlock];
    for (std::int64_t i = 0; i < rows; ++i) {
      T maximum;
      const T sum = softmax_row(scores.row(i), begin + i + 1, end, mask, head.query_key(begin + i), maximum);
      factors[i] = static_cast<T>(mask.scale) / sum;
      if (log_sum_exp) log_sum_exp[begin + i] = maximum + std::log(sum);
    }
    const Matrix<T> result{output.row(begin), output.stride};
    multiply<T>(rows, head.width, end, 1, {scores.data, scores.stride}, head.v, 0, result);
    for (std::int64_t i = 0; i < rows; ++i) {
      T* row = result.row(i);
      const T factor = factors[i];
      for (std::int64_t j = 0; j < head.width; ++j) row[j] *= factor;
    }
  }
}

/// weights[0..valid): scores -> softmax with dropout; d_scores: gradient of those -> gradient of the scores. Zero after `valid`.
template <class T>
void softmax_backward_row(T* weights, T* d_scores, std::int64_t valid, std::int64_t columns, const DropoutMask& mask,
                          std::uint64_t key, T log_sum_exp, T weighted_gradient) {
  const auto low = static_cast<std::uint32_t>(key), high = static_cast<std::uint32_t>(key >> 32);
  const std::uint32_t threshold = mask.threshold;
  const T scale = static_cast<T>(mask.scale);
  vectorized([=]() ETUDE_INLINE {
#pragma omp simd
    for (std::int64_t j = 0; j < valid; ++j) {
      const T p = exponential(weights[j] - log_sum_exp);
      const T factor = element_bits(low, high, static_cast<std::uint32_t>(j)) < threshold ? T(0) : scale;
      weights[j] = p * factor;
      d_scores[j] = p * (d_scores[j] * factor - weighted_gradient);
    }
  });
  std::fill(weights + valid, weights + columns, T(0));
  std::fill(d_scores + valid, d_scores + columns, T(0));
}

template <class T>
T dot(const T* a, const T* b, std::int64_t size) {
  T sum = 0;
#pragma omp simd reduction(+ : sum)
  for (std::int64_t i = 0; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

template <class T>
void backward_head(const Head<T>& head, const DropoutMask& mask, Matrix<const T> output, const T* log_sum_exp,
                   Matrix<const T> gradient, Matrix<T> d_q, Matrix<T> d_k, Matrix<T> d_v, Matrix<T> weights, Matrix<T> d_scores) {
  // From the last block, which sees all keys and so begins all of d_k and d_v, to the first.
  for (std::int64_t begin = (head.time - 1) / kBlock * kBlock; begin >= 0; begin -= kBlock) {
    const std::int64_t end = std::min(begin + kBlock, head.time), rows = end - begin;
    const T keep = end == head.time ? T(0) : T(1);
    const Matrix<const T> queries{head.q.row(begin), head.q.stride}, d_output{gradient.row(begin), gradient.stride};
    multiply_by_transposed(rows, end, head.width, head.scale, queries, head.k, weights);
    multiply_by_transposed(rows, end, head.width, T(1), d_output, head.v, d_scores);
    for (std::int64_t i = 0; i < rows; ++i) {
      const std::int64_t query = begin + i;
      const T weighted = dot(output.row(query), gradient.row(query), head.width);
      softmax_backward_row(weights.row(i), d_scores.row(i), query + 1, end, mask, head.query_key(query), log_sum_exp[query],
                           weighted);
    }
    const Matrix<const T> p{weights.data, weights.stride}, ds{d_scores.data, d_scores.stride};
    multiply_transposed(end, head.width, rows, T(1), p, d_output, keep, d_v);
    multiply_transposed(end, head.width, rows, head.scale, ds, queries, keep, d_k);
    multiply(rows, head.width, end, head.scale, ds, head.k, T(0), Matrix<T>{d_q.row(begin), d_q.stride});
  }
}

/// Row length of a block of scores: a multiple of 16, so that every row starts at a cache line.
std::int64_t score_stride(std::int64_t time) { return (time + 15) / 16 * 16; }

}  // namespace

bool has_attention_kernel() { return sgemm_ != nullptr && dgemm_ != nullptr; }

template <class T>
void attention_forward(const AttentionShape& shape, const DropoutMask& mask, const T* qkv, T* output, T* log_sum_exp) {
  const std::int64_t stride = score_stride(shape.time), width = shape.width();
  at::parallel_for(0, shape.batch * shape.n_head, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<T> scores(static_cast<std::size_t>(kBlock * stride));
    for (std::int64_t item = first; item < last; ++item) {
      const std::int64_t row = item / shape.n_head, head = item % shape.n_head;
      T* result = output + row * shape.time * width + head * shape.head_width;
      forward_head(Head<T>(shape, mask, qkv, item), mask, {result, width},
                   log_sum_exp ? log_sum_exp + item * shape.time : nullptr, {scores.data(), stride});
    }
  });
}

template <class T>
void attention_backward(const AttentionShape& shape, const DropoutMask& mask, const T* qkv, const T* output, const T* log_sum_exp,
                        const T* gradient, T* d_qkv) {
  const std::int64_t stride = score_stride(shape.time), width = shape.width();
  at::parallel_for(0, shape.batch * shape.n_head, 1, [&](std::int64_t first, std::int64_t last) {
    std::vector<T> weights(static_cast<std::size_t>(kBlock * stride)), d_scores(weights.size());
    for (std::int64_t item = first; item < last; ++item) {
      const std::int64_t row = item / shape.n_head, head = item % shape.n_head;
      const std::int64_t offset = row * shape.time * width + head * shape.head_width;
      T* d_head = d_qkv + row * shape.time * 3 * width + head * shape.head_width;
      backward_head<T>(Head<T>(shape, mask, qkv, item), mask, {output + offset, width}, log_sum_exp + item * shape.time,
                       {gradient + offset, width}, {d_head, 3 * width}, {d_head + width, 3 * width},
                       {d_head + 2 * width, 3 * width}, {weights.data(), stride}, {d_scores.data(), stride});
    }
  });
}

template void attention_forward(const AttentionShape&, const DropoutMask&, const float*, float*, float*);
template void attention_forward(const AttentionShape&, const DropoutMask&, const double*, double*, double*);
template void attention_backward(const AttentionShape&, const DropoutMask&, const float*, const float*, const float*,
                                 const float*, float*);
template void attention_backward(const AttentionShape&, const DropoutMask&, const double*, const double*, const double*,
                                 const double*, double*);

}  // namespace etude::nn
