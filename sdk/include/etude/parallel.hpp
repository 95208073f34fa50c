// Work on many threads whose results come back in the order of the input.
#pragma once

#include <algorithm>
#include <condition_variable>
#include <deque>
#include <exception>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <stop_token>
#include <thread>
#include <utility>
#include <vector>

namespace etude {

/// Applies `work` to what `source` yields, on `threads` threads, and gives the results in order: the same whatever the number of
/// threads. At most `window` inputs are under way, so memory stays bounded however slow one of them is.
/// One thread uses an object; `source` runs on that thread, `work` on others. What either throws, next() throws in its place.
template <class Input, class Output>
class OrderedParallel {
 public:
  using Source = std::function<std::optional<Input>()>;
  using Work = std::function<Output(Input&, const std::stop_token&)>;  ///< ends early, with anything, once the token says stop

  OrderedParallel(int threads, std::size_t window, Source source, Work work)
      : window_(std::max<std::size_t>(window, 1)), source_(std::move(source)), work_(std::move(work)) {
    for (int i = 0; i < std::max(threads, 1); ++i) workers_.emplace_back([this](const std::stop_token& stop) { run(stop); });
  }

  /// Stops what is under way.
  ~OrderedParallel() {
    for (auto& worker : workers_) worker.request_stop();
    wake_.notify_all();
  }
  OrderedParallel(const OrderedParallel&) = delete;
  OrderedParallel& operator=(const OrderedParallel&) = delete;

  /// The next result; nothing at the end.
  std::optional<Output> next() {
    refill();
    std::unique_lock lock(mutex_);
    if (tasks_.empty()) return std::nullopt;
    const auto task = tasks_.front();
    done_.wait(lock, [&] { return task->done; });
    tasks_.pop_front();
    if (task->error) std::rethrow_exception(task->error);
    return std::move(task->output);
  }

 private:
  struct Task {
    Input input;
    std::optional<Output> output{};
    std::exception_ptr error{};
    bool done = false;
  };

  void refill() {
    while (!exhausted_ && tasks_.size() < window_) {
      std::optional<Input> input = source_();
      if (!input) {
        exhausted_ = true;
        return;
      }
      const std::scoped_lock lock(mutex_);
      tasks_.push_back(std::make_shared<Task>(Task{std::move(*input)}));
      waiting_.push_back(tasks_.back());
      wake_.notify_one();
    }
  }

  void run(const std::stop_token& stop) {
    std::unique_lock lock(mutex_);
    while (wake_.wait(lock, stop, [&] { return !waiting_.empty(); })) {
      if (stop.stop_requested()) return;
      const auto task = waiting_.front();
      waiting_.pop_front();
      lock.unlock();
      try {
        task->output = work_(task->input, stop);
      } catch (...) {
        task->error = std::current_exception();
      }
      lock.lock();
      task->done = true;
      done_.notify_all();
    }
  }

  std::size_t window_;
  Source source_;
  Work work_;
  bool exhausted_ = false;
  std::mutex mutex_;
  std::condition_variable_any wake_, done_;
  std::deque<std::shared_ptr<Task>> tasks_;    ///< in order, from next()'s point of view; changed by its thread alone
  std::deque<std::shared_ptr<Task>> waiting_;  ///< not begun
  std::vector<std::jthread> workers_;          ///< last: ends before what it uses
};

}  // namespace etude
