// Mixed precision for a scope.
#pragma once

#include <ATen/autocast_mode.h>

namespace etude {

/// Autocast to bfloat16 on `device` while it lives, if `enabled`: matrix products in bfloat16, the rest in float.
class AutocastScope {
 public:
  AutocastScope(c10::Device device, bool enabled) : device_(device.type()), enabled_(enabled) {
    if (!enabled_) return;
    before_ = at::autocast::is_autocast_enabled(device_);
    at::autocast::set_autocast_enabled(device_, true);
    at::autocast::set_autocast_dtype(device_, at::kBFloat16);
    at::autocast::increment_nesting();
  }
  ~AutocastScope() {
    if (!enabled_) return;
    if (at::autocast::decrement_nesting() == 0) at::autocast::clear_cache();
    at::autocast::set_autocast_enabled(device_, before_);
  }
  AutocastScope(const AutocastScope&) = delete;
  AutocastScope& operator=(const AutocastScope&) = delete;

 private:
  c10::DeviceType device_;
  bool enabled_;
  bool before_ = false;
};

}  // namespace etude
