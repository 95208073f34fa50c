#include <analysis/linear.hpp>
#include <analysis/minimize.hpp>
#include <catch.hpp>
#include <cmath>

namespace etude {

TEST_CASE("L-BFGS goes through Rosenbrock's valley to its end") {
  const Objective valley = [](const std::vector<double>& x, std::vector<double>& gradient) {
    const double bend = x[1] - x[0] * x[0];
    gradient = {-400 * x[0] * bend - 2 * (1 - x[0]), 200 * bend};
    return 100 * bend * bend + (1 - x[0]) * (1 - x[0]);
  };
  const auto minimum = minimize(
      valley, {-1.2, 1}, [](std::vector<double>&) {}, 200, 1e-13);
  CHECK(minimum.at[0] == Approx(1).epsilon(1e-7));
  CHECK(minimum.at[1] == Approx(1).epsilon(1e-7));
  CHECK(minimum.value < 1e-15);
}

TEST_CASE("A step to where the function is not a number is shortened") {
  const Objective barrier = [](const std::vector<double>& x, std::vector<double>& gradient) {
    gradient = {1 - 1 / x[0]};
    return x[0] - std::log(x[0]);
  };
  // The identity as a curvature sends the first step from 0.01 far over, and back below zero.
  const auto minimum = minimize(
      barrier, {0.01}, [](std::vector<double>& d) { d[0] *= 1e3; }, 200, 1e-13);
  CHECK(minimum.at[0] == Approx(1).epsilon(1e-6));
}

TEST_CASE("A Cholesky factor solves its equations, and there is none of a singular matrix") {
  SymmetricMatrix matrix(2);
  matrix.at(0, 0) = 4;
  matrix.at(1, 0) = 2;
  matrix.at(1, 1) = 3;
  std::vector<double> b{10, 9};  // of x = (1.5, 2)
  Cholesky::of(matrix).value().solve(b);
  CHECK(b[0] == Approx(1.5));
  CHECK(b[1] == Approx(2));
  matrix.at(1, 1) = 1;
  CHECK_FALSE(Cholesky::of(matrix));
}

TEST_CASE("Non-negative least squares leaves out what would be negative") {
  // Without bounds the minimum of |x - (2, -1)|^2, the columns at right angles, is (2, -1); with them it is (2, 0).
  SymmetricMatrix identity(2);
  identity.at(0, 0) = identity.at(1, 1) = 1;
  const auto bounded = non_negative_solution(identity, {2, -1});
  CHECK(bounded.x == std::vector<double>{2, 0});
  CHECK(bounded.gain == Approx(4));
  CHECK(non_negative_solution(identity, {-1, -1}).x == std::vector<double>{0, 0});
  // Correlated columns: what is left must be solved for again. Normal matrix (1, 0.8; 0.8, 1), b = (1, 0.5): alone, x0 = 1.
  SymmetricMatrix correlated(2);
  correlated.at(0, 0) = correlated.at(1, 1) = 1;
  correlated.at(1, 0) = 0.8;
  CHECK(non_negative_solution(correlated, {1, 0.5}).x == std::vector<double>{1, 0});
}

}  // namespace etude
