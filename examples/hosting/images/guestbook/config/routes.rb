Rails.application.routes.draw do
  root 'entries#index'
  resources :entries, only: :create
  get 'up', to: 'entries#up'
end
