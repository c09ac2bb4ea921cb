# One small application for Rails 6.0 and 7.2: gems come from Debian packages, so there is no Gemfile, and only the parts of Rails that it uses are loaded.
require 'logger' # Rails 6.0 and 7.0 expect that somebody has done this
require 'rails'
require 'active_record/railtie'
require 'action_controller/railtie'
require 'action_view/railtie'

module Guestbook
  VERSION = File.read(File.expand_path('../VERSION', __dir__)).strip

  class Application < Rails::Application
    config.root = File.expand_path('..', __dir__)
    config.load_defaults 6.0
    config.eager_load = true
    config.cache_classes = true
    config.consider_all_requests_local = false
    # To the supervisor: `rackops logs`.
    config.logger = ActiveSupport::Logger.new($stderr)
    config.log_level = :warn
    # From a secret of the host, see the definition; both generations read the same cookies.
    config.secret_key_base = ENV.fetch('SECRET_KEY_BASE')
    config.hosts.clear
    config.public_file_server.enabled = false
  end
end
