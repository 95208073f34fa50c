// Small systems of linear equations, symmetric and positive definite.
#pragma once

#include <cstddef>
#include <optional>
#include <vector>

namespace etude {

/// A symmetric matrix of a few rows.
class SymmetricMatrix {
 public:
  explicit SymmetricMatrix(std::size_t size) : size_(size), entries_(size * size, 0.0) {}
  std::size_t size() const { return size_; }
  /// Row >= column: only the lower half is kept.
  double& at(std::size_t row, std::size_t column) { return entries_[row * size_ + column]; }
  double at(std::size_t row, std::size_t column) const { return entries_[row * size_ + column]; }

 private:
  std::size_t size_;
  std::vector<double> entries_;
};

/// L with L L^T = the matrix.
class Cholesky {
 public:
  /// Nothing if the matrix is not positive definite to double precision.
  static std::optional<Cholesky> of(SymmetricMatrix matrix);
  /// Replaces `b` by the x of matrix x = b.
  void solve(std::vector<double>& b) const;

 private:
  explicit Cholesky(SymmetricMatrix lower) : lower_(std::move(lower)) {}
  SymmetricMatrix lower_;
};

/// The normal equations of weighted least squares of y = c0 + c1 x + c2 x^2, point by point.
struct ParabolaEquations {
  SymmetricMatrix normal{3};
  std::vector<double> right = std::vector<double>(3, 0.0);
  void add(double x, double y, double weight = 1);
};

struct NonNegativeSolution {
  std::vector<double> x;
  double gain = 0;  ///< b.x: what the sum of squares has lost against x = 0
};

/// The x >= 0 that minimises x^T normal x - 2 b.x, so least squares by its normal equations, found by trying every set of
/// positive coordinates: for the two or three that a law has, that is exact and quick.
NonNegativeSolution non_negative_solution(const SymmetricMatrix& normal, const std::vector<double>& b);

}  // namespace etude
