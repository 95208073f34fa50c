#include <algorithm>
#include <analysis/linear.hpp>
#include <cmath>

namespace etude {

std::optional<Cholesky> Cholesky::of(SymmetricMatrix matrix) {
  const std::size_t n = matrix.size();
  for (std::size_t row = 0; row < n; ++row)
    for (std::size_t column = 0; column <= row; ++column) {
      double rest = matrix.at(row, column);
      for (std::size_t k = 0; k < column; ++k) rest -= matrix.at(row, k) * matrix.at(column, k);
      if (row != column) {
        matrix.at(row, column) = rest / matrix.at(column, column);
      } else {
        // Of a singular matrix rounding leaves a pivot of either sign.
        if (!(rest > 1e-14 * matrix.at(row, row))) return std::nullopt;
        matrix.at(row, row) = std::sqrt(rest);
      }
    }
  return Cholesky(std::move(matrix));
}

void Cholesky::solve(std::vector<double>& b) const {
  const std::size_t n = lower_.size();
  for (std::size_t row = 0; row < n; ++row) {
    for (std::size_t k = 0; k < row; ++k) b[row] -= lower_.at(row, k) * b[k];
    b[row] /= lower_.at(row, row);
  }
  for (std::size_t row = n; row-- > 0;) {
    for (std::size_t k = row + 1; k < n; ++k) b[row] -= lower_.at(k, row) * b[k];
    b[row] /= lower_.at(row, row);
  }
}

void ParabolaEquations::add(double x, double y, double weight) {
  const double powers[] = {1, x, x * x};
  for (std::size_t row = 0; row < 3; ++row) {
    right[row] += weight * powers[row] * y;
    for (std::size_t column = 0; column <= row; ++column) normal.at(row, column) += weight * powers[row] * powers[column];
  }
}

NonNegativeSolution non_negative_solution(const SymmetricMatrix& normal, const std::vector<double>& b) {
  const std::size_t n = normal.size();
  NonNegativeSolution best{std::vector<double>(n, 0.0)};
  std::vector<std::size_t> chosen;
  for (std::size_t set = 1; set < std::size_t{1} << n; ++set) {
    chosen.clear();
    for (std::size_t j = 0; j < n; ++j)
      if (set >> j & 1) chosen.push_back(j);
    SymmetricMatrix part(chosen.size());
    std::vector<double> x;
    for (std::size_t row = 0; row < chosen.size(); ++row) {
      x.push_back(b[chosen[row]]);
      for (std::size_t column = 0; column <= row; ++column) part.at(row, column) = normal.at(chosen[row], chosen[column]);
    }
    const auto factor = Cholesky::of(std::move(part));
    if (!factor) continue;
    factor->solve(x);
    if (!std::all_of(x.begin(), x.end(), [](double value) { return value > 0; })) continue;
    double gain = 0;
    for (std::size_t j = 0; j < chosen.size(); ++j) gain += x[j] * b[chosen[j]];
    if (gain <= best.gain) continue;
    best = {std::vector<double>(n, 0.0), gain};
    for (std::size_t j = 0; j < chosen.size(); ++j) best.x[chosen[j]] = x[j];
  }
  return best;
}

}  // namespace etude
