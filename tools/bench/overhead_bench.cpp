// What a step costs beside forward, backward and optimizer: drawing its windows, its line in the journal, the look at the
// progress line. Prints microseconds a step, and their share of the time of the quickstart's smallest model (the shortest step of
// all).
#include <torch/torch.h>

#include <algorithm>
#include <architecture_lstm/lstm.hpp>
#include <base/log.hpp>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <record/run_record.hpp>
#include <train/batches.hpp>
#include <train/step.hpp>

namespace {

constexpr std::int64_t batch_size = 16, context_length = 128, vocab_size = 96, tokens = 1 << 21;

/// Median microseconds of `call` over `rounds`.
template <class Call>
double median_microseconds(int rounds, Call call) {
  std::vector<double> times;
  for (int round = 1; round <= rounds; ++round) {
    const auto begin = std::chrono::steady_clock::now();
    call(round);
    times.push_back(std::chrono::duration<double, std::micro>(std::chrono::steady_clock::now() - begin).count());
  }
  std::nth_element(times.begin(), times.begin() + rounds / 2, times.end());
  return times[static_cast<std::size_t>(rounds / 2)];
}

etude::TokenFile random_tokens(const std::filesystem::path& file) {
  std::ofstream out(file, std::ios::binary);
  for (std::int64_t i = 0; i < tokens; ++i) out.put(static_cast<char>(i * 7 % vocab_size)).put(0);
  out.close();
  return etude::TokenFile::open(file, tokens, 2);
}

}  // namespace

int main() {
  char pattern[] = "/tmp/etude-overhead-XXXXXX";
  const std::filesystem::path directory = mkdtemp(pattern);
  const auto file = random_tokens(directory / "tokens");
  const etude::Batches batches(file, 1, batch_size, context_length);
  auto record = etude::RunRecord::create(directory, {});
  const etude::Progress progress;

  bool shown = false;
  const auto beside = median_microseconds(2000, [&](int step) {
    const auto windows = batches.windows(step);
    record.add(etude::TrainRow{step, step * batch_size * context_length, 1.0 / step, 1e-3, 0.5, 1.0, 1e5, 1 << 28});
    shown = shown || progress.due();
  });

  etude::ModelContext context;
  context.vocab_size = vocab_size;
  context.context_length = context_length;
  etude::lstm::LstmModelOptions options;
  options.hidden_size = 40;
  options.dropout = 0;
  const auto model = std::make_shared<etude::lstm::LstmModel>(options, context);
  etude::TrainStep train(model, "architecture lstm", {});
  const auto step = median_microseconds(100, [&](int number) { train.run(batches.windows(number), number, 1e-3); });

  std::cout << "beside the step " << beside << " us, step of " << batch_size << " x " << context_length << " tokens " << step
            << " us, share " << 100 * beside / (beside + step) << " %\n";
  std::filesystem::remove_all(directory);
}
