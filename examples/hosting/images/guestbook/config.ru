# What Puma and Passenger start.
require_relative 'config/environment'

run Rails.application
