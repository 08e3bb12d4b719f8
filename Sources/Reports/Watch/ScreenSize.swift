/// In cells.
package struct ScreenSize: Hashable, Sendable {
  var columns: Int
  var rows: Int

  package init(columns: Int, rows: Int) {
    self.columns = columns
    self.rows = rows
  }
}
