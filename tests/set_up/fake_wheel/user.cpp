int torch_cpu_symbol();
int user() { return torch_cpu_symbol(); }
