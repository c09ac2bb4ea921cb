class EntriesController < ActionController::Base
  protect_from_forgery with: :exception

  def index
    @entries = Entry.order(id: :desc).limit(20)
  end

  def create
    Entry.create!(text: params.require(:text), written_by: "Rails #{Rails.version}")
    redirect_to root_path
  end

  # For the health check: it reads the table and writes nothing, so that a rehearsal may ask the real database.
  def up
    Entry.exists?
    render plain: "#{Guestbook::VERSION} ok\n"
  end
end
