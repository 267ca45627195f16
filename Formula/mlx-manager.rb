# First version. It installs from a checkout or from HEAD into its own virtual environment:
#
#   brew install --HEAD ./Formula/mlx-manager.rb
#
# pip resolves the pinned requirements at install time. Homebrew's own tap would want every
# Python package as a `resource` block with its checksum instead: `brew update-python-resources`
# writes those once a release is published, and this file then gets `url` and `sha256`.
class MlxManager < Formula
  include Language::Python::Virtualenv

  desc "Serve this machine's MLX models to people and programs"
  homepage "https://github.com/mlx-manager/mlx-manager"
  license "MIT"
  head "https://github.com/mlx-manager/mlx-manager.git", branch: "main"

  depends_on "node" => :build
  depends_on arch: :arm64
  depends_on :macos
  depends_on "python@3.12"

  def install
    ENV["MLX_MANAGER_REQUIRE_DASHBOARD"] = "1"
    system "python3.12", "-m", "venv", libexec
    system libexec/"bin/pip", "install", "--requirement", "backend/requirements/runtime.txt"
    system libexec/"bin/pip", "install", "--no-deps", "."
    bin.install_symlink libexec/"bin/mlx-manager"
  end

  service do
    run [opt_bin/"mlx-manager", "serve"]
    keep_alive true
    log_path var/"log/mlx-manager.log"
    error_log_path var/"log/mlx-manager.log"
  end

  test do
    assert_match version.to_s, shell_output("#{bin}/mlx-manager version") unless build.head?
    port = free_port
    ENV["MLX_MANAGER_DATABASE_PATH"] = testpath/"mlx-manager.db"
    pid = spawn bin/"mlx-manager", "serve", "--port", port.to_s
    begin
      output = shell_output("curl --silent --retry 10 --retry-connrefused http://127.0.0.1:#{port}/health")
      assert_match "inference", output
    ensure
      Process.kill "INT", pid
      Process.wait pid
    end
  end
end
