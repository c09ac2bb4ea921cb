class CreateEntries < ActiveRecord::Migration[6.0]
  def change
    create_table :entries do |t|
      t.string :text, null: false, limit: 200
      t.string :written_by, null: false
      t.timestamps
    end
  end
end
