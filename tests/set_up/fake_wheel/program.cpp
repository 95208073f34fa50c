int user();
int main() { return user(); }
