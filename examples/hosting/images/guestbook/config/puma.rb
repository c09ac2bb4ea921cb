# Puma takes the socket that rackops holds (LISTEN_FDS) when a `bind` line names its address: PUMA_BIND equals the definition's `listen`.
# As process 1 it finishes its requests when it is told to stop.
directory File.expand_path('..', __dir__)
environment 'production'
threads 1, 5
bind ENV.fetch('PUMA_BIND')
