#include <poll.h>

#include <algorithm>
#include <base/clock.hpp>
#include <base/interrupt.hpp>
#include <base/log.hpp>
#include <base/system.hpp>
#include <base/text.hpp>
#include <cstring>
#include <list>
#include <study/child_process.hpp>
#include <study/jobs.hpp>
#include <study/watch.hpp>

namespace etude {
namespace {

/// What a child says, as messages: a line that begins one, and the lines indented below it.
class Messages {
 public:
  /// Adds what it said; returns the messages that are complete by now.
  std::vector<std::string> add(const std::string& words) {
    rest_ += words;
    std::vector<std::string> complete;
    for (std::size_t end = 0; (end = rest_.find('\n')) != std::string::npos; rest_.erase(0, end + 1)) {
      const std::string line = rest_.substr(0, end);
      if (line.starts_with("       ") && !message_.empty()) {
        message_ += '\n' + line.substr(line.find_first_not_of(' '));
        continue;
      }
      if (!message_.empty()) complete.push_back(std::move(message_));
      message_ = line;
    }
    return complete;
  }

  /// What is left at the end.
  std::vector<std::string> finish() {
    auto complete = add("\n");
    if (!message_.empty()) complete.push_back(std::move(message_));
    return complete;
  }

 private:
  std::string rest_, message_;
};

struct RunningJob {
  std::size_t index;
  ChildProcess process;
  Messages messages{};
  std::string error{};  ///< the last that it said
};

class JobRunner {
 public:
  JobRunner(const std::vector<Job>& jobs, const JobOptions& options,
            const std::function<void(std::size_t, const std::optional<std::string>&)>& finished)
      : jobs_(jobs), options_(options), finished_(finished), state_(jobs.size(), State::waiting), watch_({options.study}) {}

  void run() {
    while (start_what_can_start(), !running_.empty()) {
      wait();
      if (interrupted() && !std::exchange(stopping_, true))
        for (auto& job : running_) job.process.terminate();
      for (auto job = running_.begin(); job != running_.end();) {
        hear(*job, job->messages.add(job->process.said()));
        const auto code = job->process.ended();
        if (!code) {
          ++job;
          continue;
        }
        end(*job, *code);
        job = running_.erase(job);
      }
      if (progress_.due()) show();
    }
    if (stopping_ || interrupted()) throw Error("interrupted", "the same command goes on from here", Fault::interrupted);
  }

 private:
  enum class State { waiting, running, ended };

  void start_what_can_start() {
    for (std::size_t i = 0; i < jobs_.size() && !interrupted(); ++i) {
      if (static_cast<int>(running_.size()) >= options_.at_once) return;
      const auto& after = jobs_[i].after;
      if (state_[i] != State::waiting || (after && state_[*after] != State::ended)) continue;
      start(i);
    }
  }

  void start(std::size_t i) {
    const Job& job = jobs_[i];
    auto arguments = options_.command;
    arguments.insert(arguments.end(), {"--set", text("training.threads=", threads_of_job(job.training, options_.at_once)),
                                       "--only", job.label, "--job-of", std::to_string(options_.at_once)});
    try {
      running_.push_back({i, ChildProcess(arguments)});
      state_[i] = State::running;
    } catch (const Error& error) {
      state_[i] = State::ended;
      finished_(i, error.what());
    }
  }

  /// Until something is said or ended, or it is time to look at the journals again.
  void wait() const {
    std::vector<pollfd> outputs;
    for (const auto& job : running_) outputs.push_back({job.process.output(), POLLIN, 0});
    // An output that has been closed is ready at once: then its end is a matter of moments.
    ::poll(outputs.data(), outputs.size(), 100);
  }

  void hear(RunningJob& job, const std::vector<std::string>& messages) {
    for (const auto& message : messages) {
      if (message.starts_with("warning: "))
        log_warning(text(jobs_[job.index].label, ": ", message.substr(std::strlen("warning: "))));
      if (message.starts_with("error: ")) job.error = message.substr(std::strlen("error: "));
    }
  }

  void end(RunningJob& job, int code) {
    hear(job, job.messages.add(job.process.said()));
    hear(job, job.messages.finish());
    state_[job.index] = State::ended;
    // Stopped because we were told to: it goes on the next time.
    if (code != 0 && stopping_) return;
    if (code == 0) {
      finished_(job.index, std::nullopt);
      tell_of(jobs_[job.index].label);
    } else if (code < 0) {
      finished_(job.index, text("its process was ended by signal ", -code, " (", ::strsignal(-code), ")"));
    } else {
      finished_(job.index, job.error.empty() ? text("its process ended with code ", code) : job.error);
    }
  }

  /// "gpt-100k: done, validation loss 1.2345; 5 of 24 runs done, 1 running; about 12 m left".
  void tell_of(const std::string& label) {
    watch_.update();
    std::string line = label + ": done";
    for (const auto& run : watch_.runs())
      if (run.name == label && run.validation_loss) line += ", validation loss " + fixed(*run.validation_loss, 4);
    log_info(text(line, "; ", watch_.summary()));
  }

  /// "5 of 24 runs done, 2 running; about 12 m left: gpt-100k 43 %, lstm-30k 12 %".
  void show() {
    const double now = steady_seconds();
    if (now < next_look_) return;
    next_look_ = now + 1;
    watch_.update();
    std::string line = watch_.summary();
    const char* separator = ": ";
    for (const auto& run : watch_.runs())
      if (run.state == "running" && run.steps > 0)
        line += text(std::exchange(separator, ", "), run.name, " ",
                     percent_text(static_cast<double>(run.step) / static_cast<double>(run.steps)));
    progress_.update(line);
  }

  const std::vector<Job>& jobs_;
  const JobOptions& options_;
  const std::function<void(std::size_t, const std::optional<std::string>&)>& finished_;
  std::vector<State> state_;
  std::list<RunningJob> running_;
  bool stopping_ = false;
  Watch watch_;
  Progress progress_;
  double next_look_ = 0;  ///< journals are read at intervals
};

}  // namespace

int threads_of_job(const TrainingOptions& training, int at_once) {
  const int share = std::max(1, cpu_count() / at_once);
  return training.threads > 0 ? static_cast<int>(std::min<std::int64_t>(training.threads, share)) : share;
}

void run_jobs(const std::vector<Job>& jobs, const JobOptions& options,
              const std::function<void(std::size_t, const std::optional<std::string>&)>& finished) {
  JobRunner(jobs, options, finished).run();
}

}  // namespace etude
