// Caches that threads borrow for the time of a call: bounded in number, without a lock.
#pragma once

#include <array>
#include <atomic>
#include <memory>

#include "word_cache.hpp"

namespace etude::bpe {

class CachePool {
 public:
  CachePool() = default;
  ~CachePool() {
    for (auto& place : places_) delete place.cache.load();
  }
  CachePool(const CachePool&) = delete;
  CachePool& operator=(const CachePool&) = delete;

  /// One thread's use of a cache. A thread mostly gets the one that it had before.
  class Lease {
   public:
    explicit Lease(CachePool& pool) : place_(pool.places_[this_thread() % pool.places_.size()].cache) {
      cache_.reset(place_.exchange(nullptr));
      if (!cache_) cache_ = std::make_unique<WordCache>();
    }
    ~Lease() {
      // Where two threads share a place, one of them finds it empty or taken: its cache goes.
      WordCache* empty = nullptr;
      if (place_.compare_exchange_strong(empty, cache_.get())) static_cast<void>(cache_.release());
    }
    Lease(const Lease&) = delete;
    Lease& operator=(const Lease&) = delete;
    WordCache& cache() const { return *cache_; }

   private:
    std::atomic<WordCache*>& place_;
    std::unique_ptr<WordCache> cache_;
  };

 private:
  /// Threads by the order of their first call.
  static std::size_t this_thread() {
    static std::atomic<std::size_t> threads{0};
    thread_local const std::size_t number = threads++;
    return number;
  }

  struct alignas(64) Place {  // a cache line each
    std::atomic<WordCache*> cache{nullptr};
  };
  std::array<Place, 32> places_;
};

}  // namespace etude::bpe
